-- stages -- so many users for so long, then so many for so long, and on through a list.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local object = require "katydid.object"
local parameters = require "katydid.shapes.parameters"
local LoadTestShape = require("katydid.shape").LoadTestShape

---@class katydid.shapes.stage
---@field duration number? its length
---@field till number? its end, from the beginning of the test
---@field users integer
---@field spawn_rate number
---@field user_classes table?
local STAGE = {
  duration = { kind = "seconds", optional = true },
  till = { kind = "seconds", optional = true },
  users = { kind = "users" },
  spawn_rate = { kind = "rate" },
  user_classes = { kind = "classes", optional = true },
}

local Stages = LoadTestShape:extend("Stages")

---@return integer? users
---@return number? spawn_rate
---@return table? user_classes
function Stages:tick()
  local now = parameters.second(self)
  for _, stage in ipairs(self.stages) do
    if now < stage.till then return stage.users, stage.spawn_rate, stage.user_classes end
  end
  return nil
end

-- A stage as it was given, with the time at which it ends.
local function read_stage(what, given, begin)
  local stage = parameters.read(what, given, STAGE)
  if (stage.duration == nil) == (stage.till == nil) then
    blame.raise("%s: expected its duration, or till: when it ends, in seconds since the test began; not both",
                what)
  end
  stage.till = stage.till or begin + stage.duration
  if stage.till <= begin then
    blame.raise("%s: it ends (till = %g) before it begins, at %g: till counts from the begin of the test, "
                .. "duration from that of the stage", what, stage.till, begin)
  end
  return stage
end

---A shape of stages, one behind the other. `user_classes` are those that are added from then on.
---```lua
---shapes.stages {
---  { duration = 60, users = 10, spawn_rate = 10 },
---  { duration = 120, users = 50, spawn_rate = 1 },
---}
---```
---@param stages katydid.shapes.stage[]
---@return katydid.LoadTestShape class
return function(stages)
  if type(stages) ~= "table" or object.info(stages) or stages[1] == nil then
    blame.expected("shapes.stages", "a list of stages", stages)
  end
  local list, last = {}, 0
  for key in next, stages do
    if type(key) ~= "number" then
      blame.raise("shapes.stages: expected a list of stages, but '%s' is set in it", tostring(key))
    end
    last = math.max(last, key)
  end
  for i = 1, last do
    local begin = i > 1 and list[i - 1].till or 0
    list[i] = read_stage(("shapes.stages: stage %d"):format(i), stages[i], begin)
  end
  return Stages:extend("Stages", { stages = list })
end
