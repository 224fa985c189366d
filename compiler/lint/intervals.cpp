#include "compiler/lint/intervals.h"

#include <algorithm>
#include <tuple>

namespace dpol::lint {

namespace {

using Cut = IntervalSet::Cut;

// Walks both sets from left to right; `belongs` says which of the four kinds of place are kept.
template <class Belongs>
std::vector<Cut> swept(const std::vector<Cut>& a, const std::vector<Cut>& b, Belongs belongs) {
  std::vector<Cut> cuts;
  std::size_t i = 0;
  std::size_t j = 0;
  bool inside = false;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && !(b[j] < a[i]));
    const Cut cut = from_a ? a[i] : b[j];
    while (i < a.size() && a[i] == cut) ++i;
    while (j < b.size() && b[j] == cut) ++j;
    const bool now = belongs(i % 2 == 1, j % 2 == 1);
    if (now != inside) cuts.push_back(cut);
    inside = now;
  }
  return cuts;
}

// The first whole number behind a cut; none where that is beyond all.
std::optional<Decimal> first_whole(const Cut& cut) {
  if (cut.beyond != 0) return std::nullopt;
  Decimal whole;
  if (!Decimal::ceil(cut.value, whole)) return std::nullopt;
  if (cut.after && whole == cut.value && !Decimal::add(whole, Decimal::from_int64(1), whole)) {
    return std::nullopt;
  }
  return whole;
}

}  // namespace

bool operator<(const Cut& a, const Cut& b) {
  return std::tuple(a.beyond, a.value, a.after) < std::tuple(b.beyond, b.value, b.after);
}

IntervalSet IntervalSet::between(Cut low, Cut high) {
  IntervalSet set;
  if (low < high) set.cuts_ = {low, high};
  return set;
}

bool IntervalSet::contains(Decimal value) const {
  // How many cuts lie at or before the number: inside after an odd number of them.
  const auto passed =
      std::ranges::count_if(cuts_, [&](const Cut& cut) { return cut < Cut::behind(value); });
  return passed % 2 == 1;
}

IntervalSet IntervalSet::complement() const {
  IntervalSet result;
  result.cuts_ = swept(cuts_, all().cuts_, [](bool here, bool any) { return any && !here; });
  return result;
}

IntervalSet united(const IntervalSet& a, const IntervalSet& b) {
  IntervalSet result;
  result.cuts_ = swept(a.cuts_, b.cuts_, [](bool x, bool y) { return x || y; });
  return result;
}

IntervalSet intersected(const IntervalSet& a, const IntervalSet& b) {
  IntervalSet result;
  result.cuts_ = swept(a.cuts_, b.cuts_, [](bool x, bool y) { return x && y; });
  return result;
}

IntervalSet IntervalSet::whole() const {
  IntervalSet result;
  for (std::size_t i = 0; i + 1 < cuts_.size(); i += 2) {
    const auto first = first_whole(cuts_[i]);
    const auto behind = first_whole(cuts_[i + 1]);
    const Cut low = first ? Cut::before(*first) : Cut::lowest();
    const Cut high = behind ? Cut::before(*behind) : Cut::highest();
    result = united(result, between(low, high));
  }
  return result;
}

}  // namespace dpol::lint
