// Built: the texts and lists that conditions make while they run. Private to runtime/vm.
//
// Promises
//  - A text has one symbol, whether an input brought it or a condition built it, so that equality of
//    texts stays equality of bits.
//  - Bounded: a text by kMaxText, all that one run builds by kMaxBuiltBytes and kMaxBuiltRows; what
//    does not fit is unknown (too_large).
//  - What a block built goes when its answer is known (mark, release), so that the bounds depend on
//    the condition and not on what was asked before. Memory is kept: running again allocates
//    nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/vm/snapshot.h"

namespace dpol::vm {

// Rows from this number on are built, those below lie in the snapshot's columns.
inline constexpr std::uint64_t kFirstBuiltRow = std::uint64_t{1} << 31;

class Built {
 public:
  struct Mark {
    std::size_t texts = 0;
    std::size_t bytes = 0;
    std::size_t rows = 0;
  };

  void load(const Snapshot& snapshot);
  // Room for so many rows of lists, within bounds.
  void reserve(std::size_t rows);
  Mark mark() const { return {texts_.size(), bytes_.size(), rows_.size()}; }
  // Forgets what was built since, newest first.
  void release(const Mark& mark);
  // What was built before this counts for no bound.
  void set_base(const Mark& mark) { base_ = mark; }
  const Mark& base() const { return base_; }

  program::Value text(std::string_view text);
  // A list of one plain column.
  program::Value list(std::span<const program::Value> values);

  // Of an input's symbol, too. Valid until something else is built.
  std::string_view text_of(std::uint64_t symbol) const;
  program::Value row(std::uint64_t row) const;

 private:
  struct Text {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::size_t slot = 0;
  };
  std::string_view built_text(const Text& text) const {
    return {bytes_.data() + text.offset, text.length};
  }
  std::size_t slot_of(std::string_view text) const;
  void grow();

  const Snapshot* snapshot_ = nullptr;
  Mark base_;
  std::string bytes_;
  std::vector<Text> texts_;
  std::vector<std::uint32_t> slots_;  // 0: free, else one more than the text's number
  std::vector<program::Value> rows_;
};

}  // namespace dpol::vm
