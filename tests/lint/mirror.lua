-- mirror -- tests/unit mirrors src: each module has a test of its own, or a reason here why not.
-- usage: luajit mirror.lua FILE...
-- SPDX-License-Identifier: MIT

-- Lua's border is tested from Lua (tests/lua), the program's composition by what it does (tests/cli).
local ELSEWHERE = {
  ["script"] = "tests/lua",
}
local NO_TEST = {
  ["src/app/main.c"] = "calls commands_main; tests/cli",
  ["src/app/app.c"] = "composes; tests/cli, tests/e2e",
  ["src/app/commands.c"] = "composes; tests/cli",
  ["src/app/announce.c"] = "log lines of a run; tests/cli",
  ["src/app/live.c"] = "composes; tests/cli, tests/e2e",
  ["src/app/results.c"] = "takes from all; tests/cli, tests/e2e",
  ["src/app/reports.c"] = "composes; tests/cli",
  ["src/app/judge_again.c"] = "composes; tests/cli/report.t",
  ["src/app/report_command.c"] = "composes; tests/cli/report.t",
  ["src/app/compare_command.c"] = "composes; tests/cli/compare.t",
  ["src/app/judge.c"] = "composes; tests/cli",
}

local bad = 0
for _, path in ipairs(arg) do
  local floor, module = path:match("^src/(%w+)/([%w_]+)%.c$")
  if floor and not ELSEWHERE[floor] and not NO_TEST[path] then
    local test = ("tests/unit/%s/test_%s.c"):format(floor, module)
    local file = io.open(test)
    if file then
      file:close()
    else
      bad = bad + 1
      print(("%s: %s is missing"):format(path, test))
    end
  end
end
os.exit(bad == 0 and 0 or 1)
