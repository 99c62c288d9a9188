-- sequential -- a task set that runs its tasks one after the other, and then again from the first.
-- SPDX-License-Identifier: MIT

local object = require "katydid.object"
local task = require "katydid.task"
local taskset = require "katydid.taskset"

local sequential = {}

local function pick(set, list)
  if #list == 0 then return nil, taskset.no_tasks(set) end
  local step = (set._step or 0) % #list + 1
  set._step = step
  return list[step]
end

---Tasks in a fixed order, as in `k.SequentialTaskSet:extend("Checkout")`: that of the calls of k.task, the
---attribute `tasks` where it was set among them. Each visit begins with the first. A weight has a task run so
---often in a row.
---@class katydid.SequentialTaskSet: katydid.TaskSet
sequential.SequentialTaskSet = object.base("SequentialTaskSet", taskset.kind {
  collect = function(info)
    return task.collect(info, info.tasks_at or 0)
  end,
}, { _pick = pick }, taskset.TaskSet)

return sequential
