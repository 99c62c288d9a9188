-- rooms -- src/README.md names each module of src, and none that isn't there.
-- usage: luajit rooms.lua FILE...
-- SPDX-License-Identifier: MIT

local there = {}
for _, path in ipairs(arg) do
  local floor, module = path:match("^src/(%w+)/([%w_]+)%.c$")
  if floor then there[floor .. "/" .. module] = true end
end

local told, floor = {}, nil
for line in io.lines("src/README.md") do
  floor = line:match("^%*%*(%w+)/%*%*$") or (not line:match("^##") and floor) or nil
  local module = floor and line:match("^| `([%w_]+)` |")
  if module then told[floor .. "/" .. module] = true end
end

local bad = 0
for room in pairs(there) do
  if not told[room] then
    bad = bad + 1
    print("src/README.md doesn't name " .. room)
  end
end
for room in pairs(told) do
  if not there[room] then
    bad = bad + 1
    print("src/README.md names " .. room .. ", which isn't there")
  end
end
os.exit(bad == 0 and 0 or 1)
