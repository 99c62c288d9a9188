-- environment -- the run, as scripts see it: self.environment, and e.environment of events.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

---Other names are the script's own, to share things among users.
---@class katydid.Environment
---@field host string? what --host says
---@field parsed_options table<string, any> the options by their long names, with underscores
---@field process_exit_code integer? the code with which the process is to end; nil: as the run went
local environment = {}

local Environment = {
  __index = function(_, key)
    if key == "process_exit_code" then return core.run.get_exit_code() end
  end,
  __newindex = function(self, key, value)
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
  return setmetatable({ parsed_options = {} }, Environment)
end

return environment
