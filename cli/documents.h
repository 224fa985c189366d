// Reading documents that a command line or a policy names.
#pragma once

#include <string>
#include <string_view>

#include "cli/console.h"
#include "runtime/inputs/input_file.h"

namespace dpol::cli {

// The address of a server, and no file.
bool is_url(std::string_view text);

// "-" is standard input. Throws a Failure that names it where it cannot be read.
inputs::InputFile read_document(const std::string& path, Console& console);

}  // namespace dpol::cli
