local k = require "katydid"

local AtOnce = k.TaskSet:extend("AtOnce")

function AtOnce:on_stop()
  self.client:get("/json", { name = "left at once" })
end

AtOnce.leave = k.task(function(self)
  self.client:get("/json", { name = "at once" })
  self:interrupt()
end)

local AfterWait = k.TaskSet:extend("AfterWait", { wait_time = k.constant(0.1) })

AfterWait.leave = k.task(function(self)
  self.client:get("/json", { name = "after wait" })
  self:interrupt(false)
end)

local Starting = k.TaskSet:extend("Starting")

function Starting:on_start()
  self.client:get("/json", { name = "on start" })
  self:interrupt()
end

Starting.never = k.task(function(self)
  self.client:get("/json", { name = "never" })
end)

local Inner = k.TaskSet:extend("Inner")

Inner.fail = k.task(function(self)
  self.client:get("/json", { name = "fail" })
  self.user.failed = not self.user.failed
  if self.user.failed then error("failed inside", 0) end
  self:interrupt()
end)

local Failing = k.SequentialTaskSet:extend("Failing")

Failing.inner = k.task(Inner)

Failing.leave = k.task(function(self)
  self.client:get("/json", { name = "leave failing" })
  self:interrupt()
end)

local Round = k.SequentialTaskSet:extend("Round", { tasks = { AtOnce, AfterWait, Starting, Failing } })

return k.FastHttpUser:extend("Visitor", { wait_time = k.constant(0.3), tasks = { Round } })
