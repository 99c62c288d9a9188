-- returned -- the script of a scenario that a spec gives as classes: returns them.
-- SPDX-License-Identifier: MIT

return require("spec").returned
