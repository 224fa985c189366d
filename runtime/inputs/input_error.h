// InputError: why an input cannot be read, in the words a report prints; Note: what was read but
// deserves a remark. And the small texts both are made of.
//
// Promises: file names and messages hold no secrets (redact.h) and no control characters, whatever
// the input holds; quoted parts of an input are cut to a line's length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dpol::inputs {

struct InputError {
  std::string file;        // a document, or an option: "--fact tests.failed"
  std::uint32_t line = 0;  // 1-based; 0: the input as a whole
  std::string path;        // tests.failed, pods[2].restarts; "" for the document
  std::string expected;    // "a whole number"; "": `found` is a sentence of its own
  std::string found;       // "the string "none""
  std::string hint;        // what to do, if that is known

  // facts.json:3: tests.failed: expected a whole number, found the string "none"
  std::string to_text() const;
  friend bool operator==(const InputError&, const InputError&) = default;
};

struct Note {
  std::string file;
  std::uint32_t line = 0;
  std::string text;

  std::string to_text() const;
  friend bool operator==(const Note&, const Note&) = default;
};

// Collects the errors of several inputs, up to kMostPerInput of each; further ones are counted.
class InputErrors {
 public:
  static constexpr std::size_t kMostPerInput = 20;

  // The errors that follow are of this file or option.
  void begin(std::string_view name);
  // `error.file` is filled in where it is empty.
  void add(InputError error);
  // Errors were added since begin().
  bool failed() const { return of_this_input_ > 0; }
  bool empty() const { return errors_.empty(); }
  std::size_t count() const { return errors_.size(); }
  // Those left out are told by one error more at the end of their input's.
  std::vector<InputError> take();

 private:
  void close_input();

  std::string file_;
  std::size_t of_this_input_ = 0;
  std::vector<InputError> errors_;
};

// Well-formed, without surrogates and overlong forms.
bool is_utf8(std::string_view text);
// Between double quotes, escaped as in JSON, cut after about 60 bytes.
std::string in_quotes(std::string_view text);
// Control characters and bytes that are not UTF-8 escaped, no quotes, not cut.
std::string printable(std::string_view text);
// "a", "a or b", "a, b or c"; after `most` names "…".
std::string listed(const std::vector<std::string>& names, std::string_view last_word = "or",
                   std::size_t most = 12);

}  // namespace dpol::inputs
