// A checker for the part of JSON Schema 2020-12 that docs/*.schema.json use. A keyword that it
// does not know is reported as a violation, so that the schema cannot say more than is checked.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dpol::reports::testing {

// What of `value` the schema does not allow: "/rules/0/verb: not one of …".
std::vector<std::string> violations(const nlohmann::json& schema, const nlohmann::json& value);

// The schema, refusing every field that it does not name.
nlohmann::json closed(nlohmann::json schema);

}  // namespace dpol::reports::testing
