-- wait_time -- how long a user waits between two tasks. Each of these returns a function of the user (or task
-- set) that gives seconds; one's own function does as well.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local random, now = core.rand.random, core.time.now

local wait_time = {}

local function check(value, what, argument, low)
  if type(value) ~= "number" or value ~= value or value < low or value == math.huge then
    blame.expected(what, ("%s to be a number of seconds from %g"):format(argument, low), value)
  end
end

---A wait between two lengths, each as likely as any other.
---@param low number seconds
---@param high number seconds
---@return fun(self: table): number
function wait_time.between(low, high)
  check(low, "k.between", "the shortest wait", 0)
  check(high, "k.between", "the longest wait", low)
  local span = high - low
  return function()
    return low + random() * span
  end
end

---Always the same wait.
---@param seconds number
---@return fun(self: table): number
function wait_time.constant(seconds)
  check(seconds, "k.constant", "the wait", 0)
  return function()
    return seconds
  end
end

local function pacing(seconds)
  return function(self)
    local moment = now()
    local run = moment - (self._last_run or self._made_at) - (self._last_wait or 0)
    local wait = seconds - run
    if wait < 0 then wait = 0 end
    self._last_run, self._last_wait = moment, wait
    return wait
  end
end

---As long a wait as makes tasks begin `seconds` apart; none after a task that took longer, which isn't made
---up for later. The clock of the user (or of the task set whose `wait_time` it is) starts when that is made.
---@param seconds number
---@return fun(self: table): number
function wait_time.constant_pacing(seconds)
  check(seconds, "k.constant_pacing", "the time from task to task", 0)
  return pacing(seconds)
end

---Pacing by rate: so many tasks a second.
---@param per_second number
---@return fun(self: table): number
function wait_time.constant_throughput(per_second)
  if type(per_second) ~= "number" or not (per_second > 0 and per_second < math.huge) then
    blame.expected("k.constant_throughput", "tasks per second, a number above 0", per_second)
  end
  return pacing(1 / per_second)
end

---Waits as between the events of a Poisson process: short ones are frequent, long ones rare, and none depends
---on what came before. `wait_time = k.poisson(0.5)` waits for 2 s on average.
---@param rate number so many a second, on average; the mean wait is 1 / rate
---@return fun(self: table): number
function wait_time.poisson(rate)
  if type(rate) ~= "number" or not (rate > 0 and rate < math.huge) then
    blame.expected("k.poisson", "a rate per second, a number above 0", rate)
  end
  return function()
    return -math.log(1 - random()) / rate
  end
end

---Waits that scatter around a mean by the normal distribution; what would be less than 0 is 0. With
---`wait_time = k.normal(3, 0.5)` two of three are between 2.5 and 3.5 s.
---@param mean number seconds
---@param deviation number seconds; two waits of three differ by less from the mean
---@return fun(self: table): number
function wait_time.normal(mean, deviation)
  check(mean, "k.normal", "the mean", 0)
  check(deviation, "k.normal", "the deviation", 0)
  return function()
    local distance = math.sqrt(-2 * math.log(1 - random())) -- Box and Muller, 1958
    return math.max(0, mean + deviation * distance * math.cos(2 * math.pi * random()))
  end
end

return wait_time
