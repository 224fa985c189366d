// Words of commands that people copy into a shell: whatever they hold, a shell reads them as one word.
#pragma once

#include <string>
#include <string_view>

namespace dpol::decision {

// As a POSIX shell takes it. Plain words stay as they are, all others stand in single quotes.
std::string shell_word(std::string_view word);

// Whether the word, put behind `before`, would still be read as what it is: no control character
// breaks the line, and it does not begin an argument with the dash of an option.
bool is_sound_word(std::string_view word, std::string_view before);

}  // namespace dpol::decision
