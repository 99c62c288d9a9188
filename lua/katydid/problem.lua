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

-- Around the script's own frames stand ours, where it was called and where it was refused: nobody wants to
-- read these.
local OURS = debug.getinfo(1, "S").source:match("^@(.*[/\\])") or ""

local function is_ours(line)
  return line:sub(2, 1 + #OURS) == OURS
end

local function traceback_here()
  local head, frames = nil, {}
  for line in debug.traceback("", 3):gmatch("[^\n]+") do
    if not head then
      head = line
    elseif is_ours(line) and #frames > 0 and frames[#frames]:find("in function 'xpcall'$") then
      frames[#frames] = nil
      break
    else
      frames[#frames + 1] = line
    end
  end
  local first = 1
  for i, line in ipairs(frames) do
    if is_ours(line) then
      first = i + 1
    elseif not line:find("^\t%[C%]") then
      break
    end
  end
  return head .. "\n" .. table.concat(frames, "\n", first)
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
