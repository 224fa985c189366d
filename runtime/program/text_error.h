// TextError: why a text is not what it was read as. Shared by the readers of this folder.
#pragma once

#include <cstddef>
#include <string_view>

namespace dpol::program {

struct TextError {
  std::size_t offset = 0;     // byte where reading stopped, at most the text's size
  std::string_view expected;  // what should stand there, after "expected "; static storage
};

}  // namespace dpol::program
