// Files of the command line: read whole or not at all, never more than a bound; written whole, with
// every failure noticed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cli/console.h"

namespace dpol::cli {

struct FileFault {
  std::string text;  // "cannot be read: No such file or directory"
};

// At most `most` + 1 bytes are read: a longer file is recognised by its size. "-" is standard input.
std::variant<std::string, FileFault> read_file(const std::string& path, std::size_t most, Console& console);

// What went wrong, or nothing.
std::optional<FileFault> write_file(const std::string& path, std::string_view bytes);

// The same for a file that must not be there yet.
std::optional<FileFault> create_file(const std::string& path, std::string_view bytes);

// A file has these bytes then, or those that it had: whether it is there already or not. What is no file, such as a pipe,
// is written to.
std::optional<FileFault> write_whole(const std::string& path, std::string_view bytes);

// A file that is there gets other bytes, at once or not at all: they are written beside it and take its place. Its mode
// stays; a link stays a link, and what it leads to is replaced.
std::optional<FileFault> replace_file(const std::string& path, std::string_view bytes);

}  // namespace dpol::cli
