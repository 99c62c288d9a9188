-- banned -- functions that may not be called, each with its reason and the places where it may.
-- usage: luajit banned.lua FILE...
-- SPDX-License-Identifier: MIT

local BANNED = {
  { { "strcpy", "strcat", "sprintf", "vsprintf", "gets" }, {}, "no bound: use struct buf" },
  { { "strtok" }, {}, "keeps state: use str_cut" },
  { { "atoi", "atol", "atof" }, {}, "no error: use text_parse_*" },
  { { "localtime", "gmtime", "ctime", "asctime" }, {}, "shared result: use the _r form" },
  { { "malloc", "calloc", "realloc", "strdup", "strndup" }, { "src/base/", "tests/" }, "use base/mem" },
  { { "exit", "_exit", "abort" },
    { "src/app/", "src/base/err.c", "src/base/mem.c", "src/script/runaway.c", "tests/" }, -- of a copy
    "only app/ ends the process" },
}

local bad = 0
for _, path in ipairs(arg) do
  local number, in_comment = 0, false
  for line in io.lines(path) do
    number = number + 1
    local code = line:gsub('"[^"]*"', '""'):gsub("//.*", ""):gsub("/%*.-%*/", "")
    if in_comment then
      local close = code:find("*/", 1, true)
      code = close and code:sub(close + 2) or ""
      in_comment = not close
    end
    local open = code:find("/*", 1, true)
    if open then
      code, in_comment = code:sub(1, open - 1), true
    end
    for _, rule in ipairs(BANNED) do
      local allowed = false
      for _, prefix in ipairs(rule[2]) do
        allowed = allowed or path:sub(1, #prefix) == prefix
      end
      for _, name in ipairs(allowed and {} or rule[1]) do
        if code:find("%f[%w_]" .. name .. "%s*%(") then
          bad = bad + 1
          print(("%s:%d: %s: %s"):format(path, number, name, rule[3]))
        end
      end
    end
  end
end
os.exit(bad == 0 and 0 or 1)
