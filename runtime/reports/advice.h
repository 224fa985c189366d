// advice: how to bring what a decision lacks.
#pragma once

#include <string>

#include "runtime/decision/verdict.h"

namespace dpol::reports {

// One line, safe to print; "" where dpol knows no better than to say what is missing.
std::string advice(const decision::Missing& missing);

}  // namespace dpol::reports
