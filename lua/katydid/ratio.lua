-- ratio -- how often which task runs, as a tree: for --show-task-ratio.
-- SPDX-License-Identifier: MIT

local object = require "katydid.object"
local task = require "katydid.task"

local ratio = {}

-- Rounds half to the even neighbour, as Python's round does.
local function round(x)
  local low = math.floor(x)
  local rest = x - low
  if rest > 0.5 or (rest == 0.5 and low % 2 == 1) then return low + 1 end
  return low
end

-- Each class's share of the users. Without a number of users: as many as the weights add up to.
local function class_shares(classes, users)
  local weights, fixed = 0, 0
  for _, class in ipairs(classes) do
    if class.fixed_count > 0 then
      fixed = fixed + class.fixed_count
    else
      weights = weights + class.weight
    end
  end
  if users == 0 then users = fixed > 0 and 1 or weights end
  local counts, total = {}, 0
  for i, class in ipairs(classes) do
    if class.fixed_count > 0 then
      counts[i] = class.fixed_count
    else
      counts[i] = round(class.weight / weights * math.max(0, users - fixed))
    end
    total = total + counts[i]
  end
  for i, count in ipairs(counts) do
    counts[i] = count / math.max(total, 1)
  end
  return counts
end

-- { { name, ratio, tasks? }, … } of a class with this list, in the order of first occurrence. Where `factor`
-- is given, shares are of the whole; else of the level.
local function tasks_of(info, list, factor, around)
  local shares = info.kind.shares and info.kind.shares(list)
  local nodes, nodes_of = {}, {}
  for i, entry in ipairs(list) do
    local target = entry.list or entry.set or entry.run
    local named = nodes_of[target] or {}
    nodes_of[target] = named
    local node = named[entry.name]
    if not node then
      node = { name = entry.name, share = 0, set = entry.set, list = entry.list }
      named[entry.name] = node
      nodes[#nodes + 1] = node
    end
    node.share = node.share + (shares and shares[i] * #list or 1)
  end
  around[info] = true
  for _, node in ipairs(nodes) do
    node.ratio = node.share * (factor or 1) / #list
    local inner = node.set and object.info(node.set)
    -- A set that holds itself is shown once.
    if inner and not around[inner] then
      node.tasks = tasks_of(inner, node.list or task.list(inner), factor and node.ratio, around)
    end
  end
  around[info] = nil
  return nodes
end

---@param classes table[]
---@param users integer 0: not given
---@return table[] per_class
---@return table[] total
function ratio.trees(classes, users)
  local shares = class_shares(classes, users)
  local per_class, total = {}, {}
  for i, class in ipairs(classes) do
    local info = object.info(class)
    local list = task.list(info)
    per_class[i] = { name = info.name, ratio = shares[i], tasks = tasks_of(info, list, nil, {}) }
    total[i] = { name = info.name, ratio = shares[i], tasks = tasks_of(info, list, shares[i], {}) }
  end
  return per_class, total
end

---A name of the script's as a terminal can show it.
---@param name string
---@return string
function ratio.visible(name)
  return (name:gsub("%c", function(c) return ("\\x%02x"):format(c:byte()) end))
end

local function add_rows(lines, nodes, depth)
  local indent = ("  "):rep(depth)
  for _, node in ipairs(nodes) do
    local share = indent .. ("%-6s"):format(("%.1f"):format(node.ratio * 100))
    lines[#lines + 1] = (" %-10s %-50s"):format(share, indent .. ratio.visible(node.name))
    if node.tasks then add_rows(lines, node.tasks, depth + 1) end
  end
end

---Both trees for people.
---@param classes table[]
---@param users integer
---@return string
function ratio.text(classes, users)
  local per_class, total = ratio.trees(classes, users)
  local line = ("-"):rep(80)
  local lines = { "", " Task ratio per User class", line }
  add_rows(lines, per_class, 0)
  for _, text in ipairs { "", " Total task ratio", line } do
    lines[#lines + 1] = text
  end
  add_rows(lines, total, 0)
  return table.concat(lines, "\n") .. "\n"
end

-- The shortest text that reads back as the same number, with a point as Python writes floats.
local function number(x)
  local text
  for digits = 15, 17 do
    text = ("%." .. digits .. "g"):format(x)
    if tonumber(text) == x then break end
  end
  return text:find("[.en]") and text or text .. ".0"
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return ("\\u%04x"):format(c:byte())
  end) .. '"'
end

local function add_object(lines, key, nodes, indent, is_last)
  lines[#lines + 1] = ("%s%s: {"):format(indent, quoted(key))
  for i, node in ipairs(nodes) do
    local inner = indent .. "    "
    lines[#lines + 1] = ("%s%s: {"):format(inner, quoted(node.name))
    lines[#lines + 1] = ('%s    "ratio": %s%s'):format(inner, number(node.ratio), node.tasks and "," or "")
    if node.tasks then add_object(lines, "tasks", node.tasks, inner .. "    ", true) end
    lines[#lines + 1] = inner .. (i < #nodes and "}," or "}")
  end
  lines[#lines + 1] = indent .. (is_last and "}" or "},")
end

---Both trees as JSON, in order.
---@param classes table[]
---@param users integer
---@return string
function ratio.json(classes, users)
  local per_class, total = ratio.trees(classes, users)
  local lines = { "{" }
  add_object(lines, "per_class", per_class, "    ", false)
  add_object(lines, "total", total, "    ", true)
  lines[#lines + 1] = "}"
  return table.concat(lines, "\n") .. "\n"
end

return ratio
