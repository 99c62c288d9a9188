---@meta katydid.scenario

-- The methods of users and task sets as an editor shows them, each with an example. What they do stands in
-- lua/katydid/user.lua and taskset.lua.

---@class katydid.User
local User = {}

---Before the first task. An error here is counted, and ends the user without on_stop.
---
---```lua
---function Shopper:on_start()
---  self.client:post("/login", { json = { user = "ada" } })
---end
---```
function User:on_start() end

---When a user that has started ends, however it ends. It may send and wait as long as it likes.
---
---```lua
---function Shopper:on_stop()
---  self.client:post("/logout")
---end
---```
function User:on_stop() end

---When the instance is made, before it runs: there is nothing to wait for yet.
---
---```lua
---function Shopper:init(environment)
---  self.basket = {}
---end
---```
---@param environment katydid.Environment
function User:init(environment) end

---Part of the `context` of each request, for listeners of `events.request`; what a request says itself wins.
---
---```lua
---function Shopper:context()
---  return { shopper = self.id }
---end
---```
---@return table
function User:context() end

---Waits as between two tasks: a stop ends the user here, whatever the stop timeout.
---
---```lua
---self.client:get("/cart")
---self:wait()
---self.client:post("/orders", { json = cart })
---```
function User:wait() end

---Ends the task that runs, as a return does, from however deep in it. Does not return.
---
---```lua
---if response.status_code == 429 then self:reschedule() end
---```
---@param at_once boolean? true: the next task follows without a wait
function User:reschedule(at_once) end

---Ends this user, with all on_stop. Does not return.
---
---```lua
---if self.money <= 0 then self:stop() end
---```
function User:stop() end

---@class katydid.TaskSet
local TaskSet = {}

---Before the first task of a visit. Where it throws or interrupts, the set is left without on_stop.
---
---```lua
---function Forum:on_start()
---  self.client:get("/forum")
---end
---```
function TaskSet:on_start() end

---When the set is left, or its user ends: the innermost set's first, the user's last.
---
---```lua
---function Forum:on_stop()
---  self.user.visits = (self.user.visits or 0) + 1
---end
---```
function TaskSet:on_stop() end

---Leaves this visit. Does not return.
---
---```lua
---Forum.leave = k.task(function(self)
---  self:interrupt(false)
---end)
---```
---@param reschedule boolean? true or not given: the set around goes on at once; false: after its wait
function TaskSet:interrupt(reschedule) end

---Ends the task that runs, as a return does, from however deep in it; the visit goes on. Does not return.
---
---```lua
---if not thread then self:reschedule(true) end
---```
---@param at_once boolean? true: the next task follows without a wait
function TaskSet:reschedule(at_once) end

---Has this visit run something before it picks a task of its own: after what was scheduled before, or ahead of
---it. A wait follows, as after any task.
---
---```lua
---function Forum:on_start()
---  self:schedule_task(self.read)
---  self:schedule_task(Welcome, true)
---end
---```
---@param task function|katydid.TaskSet called with this visit; or entered
---@param first boolean? ahead of what was scheduled before
function TaskSet:schedule_task(task, first) end

---Waits as between two tasks: by the set's own wait_time, or else the user's.
---
---```lua
---self:wait()
---```
function TaskSet:wait() end

---Ends the user, with on_stop of all sets around. Does not return.
---
---```lua
---if response.status_code == 403 then self:stop() end
---```
function TaskSet:stop() end
