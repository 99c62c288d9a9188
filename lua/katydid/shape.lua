-- shape -- how many users there are to be, second by second.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local object = require "katydid.object"

local shape = {}

local methods = {}

---Seconds since the test began.
---@return number
function methods:get_run_time()
  return core.time.now() - self.start_time
end

---@return integer users that run at the moment
function methods.get_current_user_count(_self)
  return core.run.user_count()
end

---Begins anew: get_run_time is 0 again.
function methods:reset()
  self.start_time = core.time.now()
end

---As Locust calls it.
function methods:reset_time()
  self:reset()
end

local function is_boolean(value)
  return type(value) == "boolean"
end

local fields = { use_common_options = false }
for name, method in next, methods do
  fields[name] = method
end

---Extend it, with a method `tick(self)` that returns users, spawn_rate [, user_classes], or nil to end the
---test.
---@class katydid.LoadTestShape
---@field use_common_options boolean it looks at --users, --spawn-rate and --run-time
---@field abstract boolean
---@field start_time number when it began, by k.now()
---@field environment katydid.Environment
---@field runner katydid.Runner
---@field tick fun(self: katydid.LoadTestShape): integer?, number?, table?
---@field extend fun(self: table, name: string, attributes: table?): table
---@field is fun(self: table, class: table): boolean
shape.LoadTestShape = object.base("LoadTestShape", {
  name = "shape",
  is_shape = true,
  attributes = {
    tick = {
      expected = "a function",
      fits = function(value)
        return type(value) == "function"
      end,
    },
    use_common_options = { expected = "true or false", fits = is_boolean },
    abstract = { expected = "true or false", fits = is_boolean },
  },
}, fields)

---@param class table
---@param environment katydid.Environment
---@return katydid.LoadTestShape
function shape.new(class, environment)
  local self = object.new(class)
  self.environment, self.runner = environment, environment.runner
  self:reset()
  return self
end

local function fail(self, what, expected, value)
  error(("%s:tick: expected %s to be %s, got %s"):format(object.info_of(self).name, what, expected,
                                                       blame.show(value)), 0)
end

local function name_of_class(self, value, known)
  local info = object.info(value)
  local name = info and info.name or value
  if type(name) ~= "string" then fail(self, "each user class", "a class or its name", value) end
  for _, other in ipairs(known) do
    if other == name then return name end
  end
  local near = core.text.nearest(name, known)
  error(("%s:tick: unknown user class %s%s"):format(object.info_of(self).name, blame.show(name),
                                                  near and (" (did you mean '%s'?)"):format(near) or ""), 0)
end

---The next step, checked.
---@param self katydid.LoadTestShape
---@param known string[] names of the user classes of the run
---@return integer? users nil: the test is over
---@return number? spawn_rate
---@return string[]? classes
function shape.step(self, known)
  local users, spawn_rate, classes = self:tick()
  if users == nil then return nil end
  if type(users) ~= "number" or users ~= math.floor(users) or users < 0 or users >= 2 ^ 31 then
    fail(self, "users", "a whole number from 0", users)
  end
  if type(spawn_rate) ~= "number" or not (spawn_rate > 0 and spawn_rate < math.huge) then
    fail(self, "spawn_rate", "a number above 0", spawn_rate)
  end
  if classes == nil then return users, spawn_rate end
  if type(classes) ~= "table" or object.info(classes) or classes[1] == nil then
    fail(self, "user_classes", "a list of classes", classes)
  end
  local names = {}
  for i, value in ipairs(classes) do
    names[i] = name_of_class(self, value, known)
  end
  return users, spawn_rate, names
end

return shape
