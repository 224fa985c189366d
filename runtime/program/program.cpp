// The few answers about a Program's parts that are tables.

#include "runtime/program/program.h"

#include <array>

namespace dpol::program {
namespace {

struct FaultRow {
  const char* name;
  const char* text;
};
constexpr auto kFaults = std::to_array<FaultRow>({
#define DPOL_FAULT(name, text) {#name, text},
#include "runtime/program/faults.def"
});

// A fault read from outside may be no row at all.
const FaultRow& row_of_fault(Fault fault) {
  const auto index = static_cast<std::size_t>(fault);
  return kFaults[index < kFaults.size() ? index : 0];
}

}  // namespace

const char* fault_text(Fault fault) { return row_of_fault(fault).text; }
const char* fault_name(Fault fault) { return row_of_fault(fault).name; }

CellClass cell_class(const Type& type) {
  switch (type.kind) {
    case Kind::boolean: return CellClass::boolean;
    case Kind::integer:
    case Kind::number:
    case Kind::ratio:
    case Kind::points:
    case Kind::change:
    case Kind::quantity:
    case Kind::time: return CellClass::number;
    case Kind::semver: return CellClass::semver;
    case Kind::string: return CellClass::symbol;
    case Kind::enumeration: return CellClass::ordinal;
    case Kind::record: return CellClass::row;
    case Kind::list:
    case Kind::map: return CellClass::list;
  }
  return CellClass::number;
}

}  // namespace dpol::program
