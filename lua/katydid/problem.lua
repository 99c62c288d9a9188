-- problem -- an error of a script with its traceback, on its way to whoever counts it.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"

local problem = {}

---@class katydid.Problem
---@field message string
---@field traceback string
---@field value any what was thrown
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
      repeat
        frames[#frames] = nil -- and what of ours called the script
      until #frames == 0 or not is_ours(frames[#frames])
      break
    else
      frames[#frames + 1] = line
    end
  end
  local first, is_script = 1, false
  for i, line in ipairs(frames) do
    if is_ours(line) then
      first = i + 1
    elseif not line:find("^\t%[C%]") then
      is_script = true
      break
    end
  end
  if not is_script then return "" end -- no line of a script had a part in it
  return head .. "\n" .. table.concat(frames, "\n", first)
end

---What a script threw, or says that it failed by, as a text that is the same each time: no addresses.
---@param value any
---@return string
function problem.text_of(value)
  local kind = type(value)
  local meta = kind == "table" and debug.getmetatable(value)
  if kind == "table" and next(value) == nil and not meta then return "a table" end
  if kind == "table" and not (type(meta) == "table" and rawget(meta, "__tostring")) then
    local ok, text = co.pcall(core.json.encode, value)
    return ok and text or "a table"
  end
  if kind == "function" or kind == "thread" then return "a " .. kind end
  local ok, text = co.pcall(tostring, value)
  return ok and type(text) == "string" and text or "an error value that has no text"
end

---@param message string
---@return katydid.Problem
function problem.new(message)
  return setmetatable({ message = message, traceback = "", value = message }, Problem)
end

local raised_again

---Throws what was thrown before, elsewhere: whoever describes it finds the traceback of then.
---@param self katydid.Problem
function problem.raise_again(self)
  raised_again = self
  error(self.value, 0)
end

-- The frames above the describing function are `error` and its caller.
local function is_raised_again()
  local frame = debug.getinfo(4, "f")
  return frame and frame.func == problem.raise_again
end

---For xpcall. Signals, and what is described already, stay as they are.
---@param value any
---@return any
function problem.describe(value)
  if co.is_signal(value) or getmetatable(value) == Problem then return value end
  if raised_again and is_raised_again() then return raised_again end
  local self = { message = problem.text_of(value), traceback = traceback_here(), value = value }
  return setmetatable(self, Problem)
end

---Ends the code that runs: called between two of its instructions, when it runs on without a wait and the run
---is to end. What it throws passes a script's pcall, and is described already.
function problem.throw_runaway()
  local _, line, short = blame.place()
  local place = line and ("%s:%d"):format(short, line) or "a script"
  local message = place .. ": ran on without a wait, and was ended with the run"
  error(co.make_signal { message = message, traceback = traceback_here(), value = message }, 0)
end

---What xpcall gave: where the stack had overflown, or memory was lacking, `describe` could not run, and it is
---Lua's own text.
---@param value any
---@return any
function problem.of(value)
  if co.is_signal(value) or getmetatable(value) == Problem then return value end
  return problem.new(problem.text_of(value))
end

---A line and a traceback in the log, for what isn't counted anywhere.
---@param what any what xpcall gave
---@param logger string "katydid.user.task"
---@param where string what was going on
function problem.log(what, logger, where)
  local self = problem.of(what)
  local below = self.traceback == "" and "" or "\n" .. self.traceback
  core.log.write("error", logger, ("%s: %s%s"):format(where, self.message, below))
end

return problem
