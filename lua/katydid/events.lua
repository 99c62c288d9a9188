-- events -- what happens in a run, and the hooks that are told of it.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local event = require "katydid.event"
local problem = require "katydid.problem"

-- A request that a script made by other means: counted, then told.
local function fire_request(self, e, reverse)
  local function expect(field, kind, may_be_nil)
    local value = type(e) == "table" and e[field]
    if type(value) ~= kind and not (may_be_nil and value == nil) then
      blame.expected("events.request:fire", ("%s to be a %s"):format(field, kind), value or nil)
    end
  end
  expect("request_type", "string")
  expect("name", "string")
  expect("response_time", "number", true)
  expect("response_length", "number", true)
  local failure = e.exception and problem.text_of(e.exception) or nil
  core.run.request(e.request_type, e.name, e.response_time, e.response_length or 0, failure)
  self:tell(e, reverse)
end

local NAMES = {
  "cpu_warning", "init", "init_command_line_parser", "quit", "quitting", "request", "reset_stats",
  "spawning_complete", "test_start", "test_stop", "test_stopping", "usage_monitor", "user_error",
}

---Each with `environment` besides what is named here.
---@class katydid.events
---@field init_command_line_parser katydid.Event the scripts are loaded, options aren't read yet: parser
---@field init katydid.Event everything is loaded, nothing runs: runner
---@field test_start katydid.Event a test begins
---@field spawning_complete katydid.Event as many users run as were wanted: user_count
---@field request katydid.Event a request was counted: request_type, name, response_time, response_length,
--- response, context, exception (why it failed, as text), start_time, url
---@field user_error katydid.Event a task threw: user_instance, exception, tb
---@field test_stopping katydid.Event users are about to be stopped
---@field test_stop katydid.Event users have stopped
---@field usage_monitor katydid.Event every ten seconds: cpu_usage (percent of a core), memory_usage (bytes)
---@field cpu_warning katydid.Event just before it, where that is over 90: cpu_usage
---@field reset_stats katydid.Event the statistics begin anew
---@field quitting katydid.Event the process is about to end; the last listener is called first
---@field quit katydid.Event the reports are out: exit_code
local events = {}
for _, name in ipairs(NAMES) do
  events[name] = event.new(name, "events." .. name)
end
events.request.fire = fire_request

return setmetatable({}, {
  __index = function(_, name)
    return events[name] or blame.unknown("event", name, NAMES)
  end,
  __newindex = function(_, name)
    blame.raise("events.%s: events are listened to (events.%s:add_listener), not assigned", tostring(name),
                tostring(name))
  end,
})
