---@meta katydid.driver

-- What src/script/driver.c and hooks.c call, by these names, in the module katydid.driver.

---@class katydid.driver
local driver = {}

---Loads the scripts; raises one clear line.
---@param scripts string[] paths of files and folders
function driver.load(scripts) end

---Tells the listeners of init_command_line_parser; raises what the first of them threw.
---@param taken string[] long names and letters of options that are the program's own
---@return string rows JSON: a list of katydid.OptionRow, the options that were added
function driver.declare_options(taken) end

---environment.parsed_options, the scripts' own options among them.
---@param options table<string, any> by long name with underscores; it is the callee's
function driver.set_options(options) end

---What the next choice makes of its classes.
---@param configs string[] of --config-users: JSON, or names of files *.json
---@param equal_weights boolean
function driver.configure(configs, equal_weights) end

---Settles what is run of what was loaded; raises one clear line.
---@param chosen string[] names of classes; empty: all
---@return { name: string, weight: number, fixed_count: integer }[] classes in order of discovery
---@return { use_common_options: boolean }? shape
function driver.choose(chosen) end

---Checks the hosts of all classes too, unless a listener of init may still set them.
---@param host string? overrides the classes' own
function driver.set_host(host) end

---After init: writes environment.host onto the classes, and raises what is wrong with a host, or with tasks.
function driver.check_hosts() end

---@param tags string[]
---@param exclude string[]
function driver.filter_tags(tags, exclude) end

---@return string
function driver.list() end

---@param users integer
---@param as_json boolean
---@return string
function driver.ratio(users, as_json) end

---Makes an instance (runs its `init`); may raise.
---@param class string
---@param id integer from 1
---@return table user
function driver.new_user(class, id) end

---A user's whole life, in its own coroutine: on_start, tasks and waits, on_stop. Returns "finished" when it
---ended by itself or was stopped, "failed" when on_start threw; STOP never leaves it.
---@param user table
---@return "finished"|"failed"
function driver.run_user(user) end

---The shape's next step; nil: the test is over. Raises what tick raised.
---@return integer? users, number? spawn_rate, string[]? classes
function driver.tick() end

---Tells the listeners of k.events[name]. Never raises.
---@param name string
---@param fields table without `environment`, which is put in here
function driver.fire(name, fields) end

return driver
