#include "runtime/inputs/remarks.h"

namespace dpol::inputs {
namespace {

template <typename Item>
void add(std::vector<Item>& list, Item item, std::size_t& unlisted) {
  if (list.size() >= Remarks::kMost) {
    ++unlisted;
  } else {
    list.push_back(std::move(item));
  }
}

}  // namespace

std::string Unclaimed::to_text() const {
  std::string text = "no policy reads `" + printable(path) + "`";
  if (!nearest.empty()) text += "; did you mean `" + nearest + "`?";
  return Note{file, line, text}.to_text();
}

void Remarks::add_note(Note note) { add(notes, std::move(note), unlisted); }
void Remarks::add_fact(Unclaimed fact) { add(facts, std::move(fact), unlisted); }
void Remarks::add_metric(Unclaimed metric) { add(metrics, std::move(metric), unlisted); }

}  // namespace dpol::inputs
