-- transaction -- times a part of a flow over several requests.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"

local transaction = {}

local now = core.time.now
local count, cut_off = core.run.request, core.metric.cut_off
local STOP = core.sched.STOP

local TYPE = "TRANSACTION" -- src/stats/entry.h

local listener

---Has `fn` told of each transaction from now on: for katydid debug.
---@param fn fun(name: string, milliseconds: number, failure: string?)
function transaction.listen(fn)
  listener = fn
end

local function report(name, began, failure)
  local milliseconds = (now() - began) * 1000
  count(TYPE, name, milliseconds, 0, failure)
  if listener then listener(name, milliseconds, failure) end
end

local function finish(name, began, ok, ...)
  if ok then
    report(name, began)
    return ...
  end
  local what = problem.of((...))
  if what == STOP then
    cut_off() -- neither a success nor a failure, and no time that means anything
  elseif co.is_signal(what) and not co.is_runaway(what) then
    report(name, began)
  else
    report(name, began, what.message)
  end
  if co.is_signal(what) then error(what, 0) end
  problem.raise_again(what)
end

---Runs fn(), and counts how long it took, waits included, in an entry of type TRANSACTION, which is no part
---of the total. What it throws is the transaction's failure, and goes on to the caller. Returns what fn
---returned.
---@param name string "checkout"
---@param fn fun(): ...
---@return any ...
function transaction.transaction(name, fn)
  if type(name) ~= "string" or name == "" then
    blame.expected("k.transaction", "a name, as 'checkout'", name)
  end
  if type(fn) ~= "function" then blame.expected("k.transaction", "a function", fn) end
  return finish(name, now(), co.xpcall(fn, problem.describe))
end

return transaction
