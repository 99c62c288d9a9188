-- markov -- a task set whose tasks are states: which one is next depends on the present one alone.
--
-- A state is a mark with transitions, kept as task.lua keeps any other. They are checked once all of the
-- class is there: when its list is collected.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local object = require "katydid.object"
local task = require "katydid.task"
local taskset = require "katydid.taskset"

local random = core.rand.random

local markov = {}

---@class katydid.Transition
---@field name string of the state it leads to
---@field weight integer

---@class katydid.State: katydid.Task
---@field key string the field of the class
---@field transitions katydid.Transition[]
---@field next katydid.State[] where the transitions lead
---@field total integer of their weights

local function add_transition(list, name, weight)
  if type(name) ~= "string" then
    blame.expected("k.transitions", "names of states, as in { search = 3, leave = 1 }", name)
  end
  if not task.is_weight(weight) then
    blame.expected(("k.transitions: %s"):format(blame.show(name)), task.WEIGHT, weight)
  end
  list[#list + 1] = { name = name, weight = weight }
end

local function add_item(list, item)
  if type(item) == "table" and not object.info(item) then
    add_transition(list, item[1], item[2] == nil and 1 or item[2])
  else
    add_transition(list, item, 1)
  end
end

---Marks a function (or a task set) as a state of the MarkovTaskSet to which it is assigned.
---
---```lua
---Browsing.home = k.transitions({ list = 3, leave = 1 }, function(self) self.client:get("/") end)
---```
---@param targets table<string, integer>|(string|{ [1]: string, [2]: integer? })[] the states that may follow:
--- name -> weight; or a list of names, which weigh 1, and of pairs of name and weight
---@param target function|table
---@return katydid.Mark
function markov.transitions(targets, target)
  if type(targets) ~= "table" or object.info(targets) then
    blame.expected("k.transitions", "a table of the states that may follow, as in { search = 3, leave = 1 }",
                   targets)
  end
  local list = {}
  for _, item in ipairs(targets) do
    add_item(list, item)
  end
  local n = #list
  for name, weight in next, targets do
    if type(name) ~= "number" or name < 1 or name > n or name % 1 ~= 0 then
      if n > 0 then
        blame.raise("k.transitions: expected a list of states or a table state -> weight, not both in one")
      end
      add_transition(list, name, weight)
    end
  end
  if #list == 0 then
    blame.raise("k.transitions: expected at least one state that may follow: the next one is drawn before "
                .. "this one runs")
  end
  if n == 0 then table.sort(list, function(a, b) return a.name < b.name end) end
  return task.state(list, target)
end

local function fail(info, mark, message, ...)
  local place = mark.place or object.place(info)
  error(("%s: %s.%s: %s"):format(place, info.name, mark.key, message:format(...)), 0)
end

local function refuse_target(info, mark, name, names)
  if info.fields[name] ~= nil then
    fail(info, mark, "it leads to %s, which is no state: k.transitions(…) makes it one", blame.show(name))
  end
  local near = core.text.nearest(name, names)
  local hint = near and ("did you mean %s?"):format(blame.show(near))
  fail(info, mark, "it leads to the unknown state %s (%s)", blame.show(name),
       hint or "there are: " .. table.concat(names, ", "))
end

local function warn_unreachable(info, list)
  local reached, open = { [list[1]] = true }, { list[1] }
  while open[1] do
    local state = table.remove(open)
    for i, transition in ipairs(state.transitions) do
      local target = state.next[i]
      if transition.weight > 0 and not reached[target] then
        reached[target] = true
        open[#open + 1] = target
      end
    end
  end
  local lost = {}
  for _, state in ipairs(list) do
    if not reached[state] then lost[#lost + 1] = state.key end
  end
  if lost[1] then
    core.log.write("warning", "katydid.user.markov", ("%s: no way leads from %s to these states: %s"):format(
      info.name, list[1].key, table.concat(lost, ", ")))
  end
end

local function collect(info)
  if #info.marks == 0 then
    error(("%s: %s has no states: assign some, as in %s.browse = k.transitions({ … }, function(self) … end)")
      :format(object.place(info), info.name, info.name), 0)
  end
  local list, by_name, names = {}, {}, {}
  for i, mark in ipairs(info.marks) do
    local state = task.entry_of_mark(info, mark)
    state.key, state.transitions, state.next, state.total = mark.key, mark.transitions, {}, 0
    list[i], by_name[mark.key], names[i] = state, state, mark.key
  end
  for i, mark in ipairs(info.marks) do
    local state = list[i]
    for k, transition in ipairs(mark.transitions) do
      state.next[k] = by_name[transition.name] or refuse_target(info, mark, transition.name, names)
      state.total = state.total + transition.weight
    end
  end
  warn_unreachable(info, list)
  return list
end

local function draw(state)
  if #state.next == 1 then return state.next[1] end
  local rest = random(state.total)
  for i, transition in ipairs(state.transitions) do
    rest = rest - transition.weight
    if rest <= 0 then return state.next[i] end
  end
end

local function pick(set, list)
  local state = set._state or list[1]
  if state.total == 0 then
    return nil, ("%s.%s leads nowhere: all its transitions have the weight 0"):format(
      object.info_of(set).name, state.key)
  end
  set._state = draw(state)
  return state
end

local function square(m)
  local n, result, change = #m, {}, 0
  for i = 1, n do
    local row, from = {}, m[i]
    for k = 1, n do
      row[k] = 0
    end
    for j = 1, n do
      local share, through = from[j], m[j]
      for k = 1, share > 0 and n or 0 do
        row[k] = row[k] + share * through[k]
      end
    end
    for k = 1, n do
      change = math.max(change, math.abs(row[k] - from[k]))
    end
    result[i] = row
  end
  return result, change
end

---How often each state is run in the long run, by a visit that is never left. One that leads nowhere holds on
---to whoever comes.
---@param list katydid.State[]
---@return number[] shares that add up to 1
function markov.shares(list)
  local at, m = {}, {}
  for i, state in ipairs(list) do
    at[state] = i
  end
  -- Each step is left out as often as it is made: the shares are the same, and circles come to rest.
  for i, state in ipairs(list) do
    m[i] = {}
    for k = 1, #list do
      m[i][k] = k == i and (state.total > 0 and 0.5 or 1) or 0
    end
    for k, transition in ipairs(state.transitions) do
      local to = at[state.next[k]]
      if state.total > 0 then m[i][to] = m[i][to] + transition.weight / state.total / 2 end
    end
  end
  local change
  for _ = 1, 64 do -- 2^64 steps
    m, change = square(m)
    if change < 1e-15 then break end
  end
  local shares = {}
  for i, share in ipairs(m[1]) do
    shares[i] = math.floor(share * 1e12 + 0.5) / 1e12
  end
  return shares
end

---A chain of states: `k.MarkovTaskSet:extend("Browsing")`. Each visit begins with the first one; after each
---the next is drawn by the weights of its transitions. A class that extends one has states of its own alone.
---@class katydid.MarkovTaskSet: katydid.TaskSet
markov.MarkovTaskSet = object.base("MarkovTaskSet", taskset.kind {
  collect = collect,
  is_chain = true,
  shares = markov.shares,
}, { _pick = pick }, taskset.TaskSet)

return markov
