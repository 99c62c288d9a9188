-- layers -- the floors: who may include whom, and which folder alone knows a strange library.
-- usage: luajit layers.lua FILE...; prints what breaks the table, and fails then.
-- SPDX-License-Identifier: MIT

-- The table of src/README.md, row by row.
local MAY = {
  base = {},
  loop = { "base" },
  stats = { "base" },
  net = { "base", "loop" },
  http = { "base", "loop", "net" },
  serve = { "base", "loop" },
  run = { "base", "loop", "stats" },
  report = { "base", "stats", "run" },
  export = { "base", "loop", "stats", "net", "http", "serve", "run", "report" },
  target = { "base", "loop", "stats", "serve" },
  script = { "base", "loop", "stats", "net", "http", "run" },
  app = { "base", "loop", "stats", "net", "http", "serve", "run", "report", "export", "target", "script" },
}

-- A header that is not ours, and the places that may include it (a prefix of the path).
local HOMES = {
  { "^ev%.h$", { "src/loop/" } },
  { "^curl/", { "src/http/curl_" } },
  { "^zlib%.h$", { "src/http/decode", "src/report/hdr" } },
  { "^brotli/", { "src/http/decode" } },
  { "^zstd", { "src/http/decode" } },
  { "^openssl/", { "src/net/" } },
  { "^ares", { "src/net/" } },
  { "^idn2%.h$", { "src/net/" } },
  { "^microhttpd%.h$", { "src/serve/" } },
  { "^lua", { "src/script/" } },
  { "^lauxlib%.h$", { "src/script/" } },
}

local bad = 0
local function complain(path, line, text)
  bad = bad + 1
  print(("%s:%d: %s"):format(path, line, text))
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function check_ours(path, floor, number, include)
  local other = include:match("^(%w+)/")
  if not MAY[other] then
    complain(path, number, ('"%s": not a floor of src/'):format(include))
  elseif other ~= floor and not contains(MAY[floor], other) then
    complain(path, number, ("%s may not know %s (\"%s\")"):format(floor, other, include))
  end
end

local function check_strange(path, number, include)
  for _, home in ipairs(HOMES) do
    if include:find(home[1]) then
      for _, prefix in ipairs(home[2]) do
        if path:sub(1, #prefix) == prefix then return end
      end
      complain(path, number, ("<%s> is known only to %s"):format(include, table.concat(home[2], ", ")))
    end
  end
end

for _, path in ipairs(arg) do
  local floor = path:match("^src/(%w+)/")
  if floor then
    if not MAY[floor] then complain(path, 1, "a folder without a row in tests/lint/layers.lua") end
    local number = 0
    for line in io.lines(path) do
      number = number + 1
      local ours = line:match('^%s*#%s*include%s+"([^"]+)"')
      local strange = line:match("^%s*#%s*include%s+<([^>]+)>")
      if ours and MAY[floor] then check_ours(path, floor, number, ours) end
      if strange then check_strange(path, number, strange) end
    end
  end
end
os.exit(bad == 0 and 0 or 1)
