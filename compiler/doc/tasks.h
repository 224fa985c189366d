// Tasks: what people are to do and to be told, as entries: procedures and messages.
#pragma once

#include <string>
#include <vector>

#include "compiler/checked.h"
#include "compiler/doc/document.h"
#include "compiler/doc/rules.h"
#include "compiler/doc/words.h"

namespace dpol::doc {

class Tasks {
 public:
  Tasks(const compiler::CheckedPolicy& policy, const RulesOf& rules, Anchors& anchors);

  Entries procedures() const;
  Entries messages() const;

  // Names, leading to the entries.
  Run procedure(std::size_t index) const;
  Run message(std::size_t index) const;

 private:
  Entry entry(const compiler::CheckedProcedure& procedure, const std::string& anchor) const;
  Entry entry(const compiler::CheckedMessage& message, const std::string& anchor) const;
  void times(const compiler::CheckedMessage& message, Lines& lines) const;
  Text where(const compiler::CheckedMessage& message) const;

  const compiler::CheckedPolicy& policy_;
  const RulesOf& rules_;
  std::vector<std::string> procedures_;  // anchors
  std::vector<std::string> messages_;
};

}  // namespace dpol::doc
