-- check -- conditions that are counted by name.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local count = core.metric.check
local select, type = select, type

local check = {}

local listener

---Has `fn` told of each check from now on: for katydid debug.
---@param fn fun(name: string, condition: any)
function check.listen(fn)
  listener = fn
end

local function misused(name, n, condition)
  if type(name) ~= "string" then
    blame.expected("k.check", "a name, as 'status is 200'", name)
  elseif name == "" then
    blame.raise("k.check: expected a name, as 'status is 200', got ''")
  elseif n == 0 then
    blame.raise("k.check: '%s' has no condition; expected k.check(name, condition)", name)
  elseif type(condition) == "function" then
    blame.raise("k.check: the condition of '%s' is a function, which is always true: call it", name)
  end
end

---Counts that the condition held, or that it didn't (nil and false), under this name. A check that fails is
---neither an error nor a failed request: see the thresholds.
---@param name string "status is 200"
---@param ... any the condition; further values, as string.find returns them, are left alone
---@return any condition
function check.check(name, ...)
  local condition = ...
  if type(name) ~= "string" or name == "" or select("#", ...) == 0 or type(condition) == "function" then
    misused(name, select("#", ...), condition)
  end
  count(name, condition)
  if listener then listener(name, condition) end
  return condition
end

return check
