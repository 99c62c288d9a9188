local k = require "katydid"

-- A protocol of our own: every third answer fails.
local Machine = {}
Machine.__index = Machine

function Machine.call(self, name)
  self.calls = self.calls + 1
  local began = k.now()
  local exception = self.calls % 3 == 0 and "out of order" or nil
  k.events.request:fire {
    request_type = "CALL",
    name = name,
    response_time = (k.now() - began) * 1000,
    response_length = self.calls,
    exception = exception,
  }
  if exception then error(exception, 0) end
end

local MachineUser = k.User:extend("MachineUser", { abstract = true })

function MachineUser:init()
  self.machine = setmetatable({ calls = 0 }, Machine)
end

local Operator = MachineUser:extend("Operator", { wait_time = k.constant(0.4) })

function Operator:on_start()
  self.machine:call("switch on")
end

Operator.turn = k.task(function(self)
  self.machine:call("turn")
end)

return Operator
