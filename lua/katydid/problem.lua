-- problem -- an error of a script with its traceback, on its way to whoever counts it.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"

local problem = {}

---@class katydid.Problem
---@field message string
---@field traceback string
local Problem = {
  __tostring = function(self)
    return self.message
  end,
}

-- Below the script's own frames stand those of the loop that called it: nobody wants to read these.
local OURS = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or ""
local CALLED_BY_US = "%[C%]: in function 'xpcall'\n\t" .. OURS:gsub("%W", "%%%0")

local function traceback_here()
  local lines = debug.traceback("", 3):gsub("^\n", "")
  local cut = lines:find(CALLED_BY_US)
  if cut then lines = lines:sub(1, cut - 1):gsub("%s+$", "") end
  return lines
end

local function text_of(value)
  local ok, text = co.pcall(tostring, value)
  return ok and type(text) == "string" and text or "an error value that has no text"
end

---@param message string
---@return katydid.Problem
function problem.new(message)
  return setmetatable({ message = message, traceback = "" }, Problem)
end

---For xpcall. Signals, and what is described already, stay as they are.
---@param value any
---@return any
function problem.describe(value)
  if co.is_signal(value) or getmetatable(value) == Problem then return value end
  return setmetatable({ message = text_of(value), traceback = traceback_here() }, Problem)
end

---A line and a traceback in the log, for what isn't counted anywhere.
---@param self katydid.Problem
---@param logger string "katydid.user.task"
---@param where string what was going on
function problem.log(self, logger, where)
  core.log.write("error", logger, ("%s: %s\n%s"):format(where, self.message, self.traceback))
end

return problem
