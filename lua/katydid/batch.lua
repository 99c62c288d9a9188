-- batch -- several requests of a user at once, as a browser sends them.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local spawn = require "katydid.spawn"

local sched = core.sched
local STOP = sched.STOP
local pcall, is_signal = co.pcall, co.is_signal

local batch = {}

local WHAT = "client:batch"
local EXPECTED = "{ method, path [, options] [, handler] }"

local function check_list(requests)
  if type(requests) ~= "table" then
    blame.expected(WHAT, "a list of requests, as in { { 'GET', '/a' }, { 'GET', '/b' } }", requests)
  end
  for key in next, requests do
    if type(key) ~= "number" or key < 1 or key > #requests or key % 1 ~= 0 then
      blame.expected(WHAT, "a list of requests, one after the other", key)
    end
  end
end

-- Method, path, options and handler of one.
local function read(request, what)
  if type(request) ~= "table" then blame.expected(what, EXPECTED, request) end
  for key in next, request do
    if key ~= 1 and key ~= 2 and key ~= 3 and key ~= 4 then
      blame.raise("%s: unknown key %s: expected %s", what, blame.show(key), EXPECTED)
    end
  end
  local options, handler = request[3], request[4]
  if handler == nil and type(options) == "function" then
    options, handler = nil, options
  end
  return request[1], request[2], options, handler
end

-- Raises what is wrong with one, by its number.
local function check_one(check, client, what, request)
  local ok, why = pcall(check, what, client, read(request, what))
  if ok then return end
  if is_signal(why) then error(why, 0) end
  local _, line, short = blame.place()
  local place = line and ("%s:%d: "):format(short, line) or ""
  why = tostring(why)
  if why:sub(1, #place) == place then why = why:sub(#place + 1) end
  if why:sub(1, #what) ~= what then why = what .. ": " .. why end
  blame.raise("%s", why)
end

-- Waits for all, whatever becomes of one. What a handler throws to leave the task is thrown after that.
local function join_all(spawned)
  local responses, thrown = {}, nil
  for i, one in ipairs(spawned) do
    local ok, response = pcall(one.join, one)
    if ok and response then
      responses[i] = response
    elseif ok then
      thrown = STOP -- the handler's, as k.stop_test throws it
    elseif response == STOP then
      for j = i, #spawned do
        spawned[j]:kill()
      end
      error(STOP, 0)
    else
      thrown = thrown or response
    end
  end
  if thrown == STOP then sched.ending() end
  if thrown then error(thrown, 0) end
  return responses
end

---The method of clients. `check(what, client, method, path, options, handler)` raises what is wrong with a
---call; `request` is client:request; `running_client(what)` finds the client where a dot was written.
---@param check function
---@param request function
---@param running_client fun(what: string): katydid.Client
---@param client_in fun(value: any): katydid.Client? nil: it is none
---@return fun(client: katydid.Client, requests: table[]): katydid.Response[]
function batch.method(check, request, running_client, client_in)
  return function(self, requests)
    if requests == nil and type(self) == "table" and not client_in(self) then
      self, requests = running_client(WHAT), self
    end
    if not client_in(self) then
      blame.raise("%s: called on %s; expected a client, as in self.%s { … }", WHAT, blame.show(self), WHAT)
    end
    check_list(requests)
    sched.check(WHAT, 2)
    for i, one in ipairs(requests) do
      check_one(check, self, ("%s: request %d"):format(WHAT, i), one)
    end
    local spawned = {}
    for i, one in ipairs(requests) do
      spawned[i] = spawn.spawn(request, self, read(one, WHAT))
    end
    return join_all(spawned)
  end
end

return batch
