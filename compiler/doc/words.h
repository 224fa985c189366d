// Words for parts of a checked policy that stand in several places of a document.
#pragma once

#include <string>
#include <string_view>

#include "compiler/checked.h"
#include "compiler/doc/document.h"
#include "compiler/doc/runs.h"

namespace dpol::doc {

std::string duration(const compiler::Decimal& seconds);
std::string moment(const compiler::Decimal& seconds);  // since 1970

// `int`, `high | low`, `list of pod`.
std::string type_text(const program::Type& type, const compiler::TypeTable& types);
// What a value of the type may be or holds, where its name does not say that; else nothing.
std::string type_values(const program::Type& type, const compiler::TypeTable& types);

// "2 people as `engineer`, other than whom `author` names".
Text approval_text(const compiler::Approval& approval, const compiler::Checked& checked);

}  // namespace dpol::doc
