#include "tests/unit/reports/schema.h"

#include <algorithm>
#include <regex>
#include <set>

namespace dpol::reports::testing {
namespace {

using nlohmann::json;

class Checker {
 public:
  explicit Checker(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const std::string& path) {
    for (const auto& [keyword, argument] : schema.items()) {
      if (!known(keyword)) complain(path, "the schema says `" + keyword + "`, which is not checked");
    }
    if (schema.contains("$ref")) check(resolve(schema["$ref"]), value, path);
    if (schema.contains("anyOf")) check_any(schema["anyOf"], value, path);
    if (schema.contains("enum")) check_member(schema["enum"], value, path);
    if (schema.contains("const") && value != schema["const"]) complain(path, "is not " + schema["const"].dump());
    if (schema.contains("type")) check_type(schema["type"], value, path);
    if (value.is_string()) check_text(schema, value.get<std::string>(), path);
    if (value.is_number() && schema.contains("minimum") && value < schema["minimum"]) complain(path, "is too small");
    if (value.is_object()) check_object(schema, value, path);
    if (value.is_array() && schema.contains("minItems") && value.size() < schema["minItems"]) complain(path, "has too few");
    if (value.is_array() && schema.contains("maxItems") && value.size() > schema["maxItems"]) complain(path, "has too many");
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) check(schema["items"], value[i], path + "/" + std::to_string(i));
    }
  }

  std::vector<std::string> found;

 private:
  static bool known(const std::string& keyword) {
    static const std::set<std::string> kKnown = {
        "$schema", "$defs", "$ref",  "title",     "description", "anyOf",    "enum", "const",
        "type",    "items", "minimum", "minItems", "maxItems", "minLength", "pattern",   "required", "properties", "additionalProperties"};
    return kKnown.count(keyword) != 0;
  }

  void complain(const std::string& path, const std::string& what) { found.push_back(path + ": " + what); }

  const json& resolve(const std::string& reference) const {
    return root_.at(json::json_pointer(reference.substr(1)));
  }

  void check_any(const json& schemas, const json& value, const std::string& path) {
    std::vector<std::string> fewest;
    for (const json& schema : schemas) {
      Checker one(root_);
      one.check(schema, value, path);
      if (one.found.empty()) return;
      if (fewest.empty() || one.found.size() < fewest.size()) fewest = one.found;
    }
    found.insert(found.end(), fewest.begin(), fewest.end());
  }

  void check_member(const json& members, const json& value, const std::string& path) {
    if (std::find(members.begin(), members.end(), value) == members.end()) {
      complain(path, value.dump() + " is not one of " + members.dump());
    }
  }

  static bool is_of(const std::string& type, const json& value) {
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
  }

  void check_type(const json& types, const json& value, const std::string& path) {
    const json list = types.is_array() ? types : json::array({types});
    const bool matches = std::any_of(list.begin(), list.end(), [&](const json& type) {
      return is_of(type.get<std::string>(), value);
    });
    if (!matches) complain(path, value.dump() + " is no " + types.dump());
  }

  void check_text(const json& schema, const std::string& text, const std::string& path) {
    if (schema.contains("minLength") && text.size() < schema["minLength"].get<std::size_t>()) complain(path, "is too short");
    if (schema.contains("pattern") && !std::regex_search(text, std::regex(schema["pattern"].get<std::string>()))) {
      complain(path, text + " does not match " + schema["pattern"].dump());
    }
  }

  void check_object(const json& schema, const json& value, const std::string& path) {
    if (schema.contains("required")) {
      for (const json& field : schema["required"]) {
        if (!value.contains(field.get<std::string>())) complain(path, "has no " + field.dump());
      }
    }
    if (!schema.contains("properties")) return;
    if (schema.contains("additionalProperties") && schema["additionalProperties"] == false) {
      for (const auto& [field, inner] : value.items())
        if (!schema["properties"].contains(field)) complain(path, "the schema lacks `" + field + "`");
    }
    for (const auto& [field, inner] : schema["properties"].items()) {
      if (value.contains(field)) check(inner, value[field], path + "/" + field);
    }
  }

  const json& root_;
};

}  // namespace

std::vector<std::string> violations(const json& schema, const json& value) {
  Checker checker(schema);
  checker.check(schema, value, "");
  return checker.found;
}

json closed(json schema) {
  if (schema.is_object() && schema.contains("properties")) schema["additionalProperties"] = false;
  for (json& inner : schema)
    if (inner.is_structured()) inner = closed(std::move(inner));
  return schema;
}

}  // namespace dpol::reports::testing
