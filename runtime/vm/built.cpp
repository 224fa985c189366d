#include "runtime/vm/built.h"

#include <algorithm>
#include <functional>

namespace dpol::vm {

using program::Fault;
using program::Value;

void Built::load(const Snapshot& snapshot) {
  snapshot_ = &snapshot;
  release({});
  base_ = {};
}

void Built::reserve(std::size_t rows) { rows_.reserve(std::min(rows, program::kMaxBuiltRows)); }

// Newest first: then each slot is free again as it was before, and no chain is broken.
void Built::release(const Mark& mark) {
  while (texts_.size() > mark.texts) {
    slots_[texts_.back().slot] = 0;
    texts_.pop_back();
  }
  bytes_.resize(std::min(bytes_.size(), mark.bytes));
  rows_.resize(std::min(rows_.size(), mark.rows));
}

// Where the text is, or where it would go.
std::size_t Built::slot_of(std::string_view text) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(text) & mask;
  while (slots_[slot] != 0 && built_text(texts_[slots_[slot] - 1]) != text)
    slot = (slot + 1) & mask;
  return slot;
}

void Built::grow() {
  constexpr std::size_t kFewest = 64;
  slots_.assign(std::max(kFewest, slots_.size() * 2), 0);
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    texts_[i].slot = slot_of(built_text(texts_[i]));
    slots_[texts_[i].slot] = static_cast<std::uint32_t>(i + 1);
  }
}

Value Built::text(std::string_view text) {
  if (text.size() > program::kMaxText) return Value::unknown(Fault::too_large);
  if (const auto symbol = snapshot_->symbols().find(text)) return Value::id(*symbol);
  if (texts_.size() * 2 >= slots_.size()) grow();
  const std::uint64_t first = snapshot_->symbols().size();
  const std::size_t slot = slot_of(text);
  if (slots_[slot] != 0) return Value::id(first + slots_[slot] - 1);
  // A text of no bytes takes room as well.
  constexpr std::size_t kOverhead = 16;
  const std::size_t bytes = bytes_.size() - base_.bytes + text.size();
  if (bytes + kOverhead * (texts_.size() - base_.texts + 1) > program::kMaxBuiltBytes) {
    return Value::unknown(Fault::too_large);
  }
  texts_.push_back({bytes_.size(), text.size(), slot});
  bytes_.append(text);
  slots_[slot] = static_cast<std::uint32_t>(texts_.size());
  return Value::id(first + texts_.size() - 1);
}

Value Built::list(std::span<const Value> values) {
  if (rows_.size() - base_.rows + values.size() > program::kMaxBuiltRows) {
    return Value::unknown(Fault::too_large);
  }
  const auto first = static_cast<std::uint32_t>(kFirstBuiltRow + rows_.size());
  rows_.insert(rows_.end(), values.begin(), values.end());
  return Value::rows(first, static_cast<std::uint32_t>(values.size()));
}

std::string_view Built::text_of(std::uint64_t symbol) const {
  const std::size_t given = snapshot_->symbols().size();
  if (symbol < given) return snapshot_->symbols().text(symbol);
  return symbol - given < texts_.size() ? built_text(texts_[symbol - given]) : std::string_view();
}

Value Built::row(std::uint64_t row) const {
  const std::uint64_t index = row - kFirstBuiltRow;
  return index < rows_.size() ? rows_[index] : Value::unknown(Fault::no_such_row);
}

}  // namespace dpol::vm
