#include "runtime/inputs/input_file.h"

#include <algorithm>

#include "runtime/inputs/input_error.h"

namespace dpol::inputs {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_blanks_before(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : bytes.substr(first);
}

}  // namespace

Shape sniff(std::string_view bytes) {
  if (bytes.starts_with("\x1F\x8B")) return Shape::gzip;
  if (bytes.starts_with("PK\x03\x04")) return Shape::zip;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ||
      bytes.starts_with("\0\0\xFE\xFF"sv)) {
    return Shape::utf16;
  }
  // Without a byte order mark, ASCII in UTF-16 has every other byte zero.
  if (bytes.size() >= 2 && (bytes[0] == '\0') != (bytes[1] == '\0')) return Shape::utf16;
  constexpr std::size_t kLookedAt = 4096;
  if (bytes.substr(0, kLookedAt).find('\0') != std::string_view::npos) return Shape::binary;
  const std::string_view start = without_blanks_before(bytes);
  if (start.empty()) return Shape::empty;
  if (start[0] == '<') return Shape::html;
  return start[0] == '{' || start[0] == '[' ? Shape::json : Shape::text;
}

std::uint32_t count_lines(std::string_view bytes) {
  return static_cast<std::uint32_t>(std::ranges::count(bytes, '\n')) + 1;
}

std::string shape_text(Shape shape, std::string_view bytes) {
  switch (shape) {
    case Shape::empty:
      return "nothing: it is empty";
    case Shape::utf16:
      return "UTF-16 or UTF-32 text";
    case Shape::gzip:
      return "gzip-compressed data";
    case Shape::zip:
      return "a zip archive";
    case Shape::binary:
      return "binary data";
    case Shape::html:
    case Shape::json:
    case Shape::text:
      break;
  }
  const std::string_view start = without_blanks_before(bytes);
  const std::string line = in_quotes(start.substr(0, start.find_first_of("\r\n")));
  return shape == Shape::html ? "HTML or XML: " + line : line;
}

std::string shape_hint(Shape shape) {
  switch (shape) {
    case Shape::html:
      return "is this the error or login page of a server?";
    case Shape::utf16:
      return "convert it to UTF-8";
    case Shape::gzip:
    case Shape::zip:
      return "unpack it first";
    default:
      return {};
  }
}

}  // namespace dpol::inputs
