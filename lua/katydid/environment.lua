-- environment -- the run, as scripts see it: self.environment, and e.environment of events.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local events = require "katydid.events"
local runner = require "katydid.runner"
local settings = require "katydid.settings"
local stats = require "katydid.stats"

---Other names are the script's own, to share things among users.
---@class katydid.Environment
---@field host string? what --host says; set in a listener of init or test_stop it holds for the next test
---@field parsed_options table<string, any> the options by their long names, with underscores
---@field process_exit_code integer? the code with which the process is to end; nil: as the run went
---@field runner katydid.Runner
---@field stats katydid.Stats
---@field events katydid.events k.events
---@field user_classes table[] the user classes that are run
---@field shape_class katydid.LoadTestShape? the run's shape, the instance; nil: none
---@field update_user_class fun(self: katydid.Environment, given: table)
---@field tags string[]? of --tags; nil: none
---@field exclude_tags string[]? of --exclude-tags; nil: none
local environment = {}

---Sets attributes of one of the run's classes, as --config-users does: `user_class_name` is which, `tasks`
---are the names of those that are to stay. `weight` and `fixed_count` hold from the next test on, in a
---listener of init or test_start in the one that begins.
---@param self katydid.Environment
---@param given { user_class_name: string, [string]: any }
local function update_user_class(self, given)
  settings.update(self.user_classes, given)
end

local FIXED = {
  runner = true, stats = true, events = true, user_classes = true, shape_class = true,
  update_user_class = true,
}

local Environment = {
  __index = function(self, key)
    if key == "process_exit_code" then return core.run.get_exit_code() end
    return self._fixed[key]
  end,
  __newindex = function(self, key, value)
    if FIXED[key] then blame.raise("environment.%s can't be assigned", key) end
    if key ~= "process_exit_code" then return rawset(self, key, value) end
    local is_whole = type(value) == "number" and value == math.floor(value)
    if value ~= nil and not (is_whole and value >= 0 and value <= 255) then
      blame.expected("environment.process_exit_code", "a whole number from 0 to 255 or nil", value)
    end
    core.run.set_exit_code(value)
  end,
}

---@return katydid.Environment
function environment.new()
  local fixed = {
    events = events, stats = stats.new(), user_classes = {}, update_user_class = update_user_class,
  }
  local self = setmetatable({ parsed_options = {}, _fixed = fixed }, Environment)
  fixed.runner = runner.new(self, fixed.stats)
  return self
end

---What is run.
---@param self katydid.Environment
---@param user_classes table[]
---@param shape katydid.LoadTestShape?
function environment.set_classes(self, user_classes, shape)
  self._fixed.user_classes, self._fixed.shape_class = user_classes, shape
end

return environment
