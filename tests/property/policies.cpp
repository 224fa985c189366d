#include "tests/property/policies.h"

#include <filesystem>

#include "tests/golden/case.h"

namespace dpol::test {

const std::vector<Policy>& policies() {
  static const std::vector<Policy> kPolicies = [] {
    std::vector<Policy> all;
    for (const std::string& name : golden::case_names()) {
      const golden::Case test = golden::read_case(name);
      all.push_back({test.file(), test.text});
    }
    for (const golden::Example& example : golden::examples()) all.push_back({example.name, example.text});
    const std::string every_form = "tests/unit/lang/every_form.dpol";
    all.push_back({every_form, golden::read_file(std::filesystem::path(DPOL_SOURCE_DIR) / every_form)});
    return all;
  }();
  return kPolicies;
}

std::vector<std::string> policy_texts() {
  std::vector<std::string> all;
  for (const Policy& policy : policies()) all.push_back(policy.text);
  return all;
}

}  // namespace dpol::test
