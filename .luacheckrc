std = "luajit"
max_line_length = 110
unused_args = true
ignore = { "212/_.*" }
-- What meta/ holds are declarations for editors, not code.
exclude_files = { "build/**", "lua/katydid/meta/**", "tests/fixtures/**", "results/**" }

-- Scenarios may keep their classes in globals, assigned at the top of the file.
files["scenarios"] = { allow_defined_top = true }
-- The specs' words.
files["tests/lua"] = { read_globals = { "describe", "it", "check", "before_each", "after_each" } }
