#include "reports/plots/heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "reports/plots/axis.h"
#include "reports/plots/characters.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kLeft = 132;
constexpr double kWidestCell = 72;
constexpr double kRow = 34;
constexpr double kLabelTilt = -65;
// Of that angle.
constexpr double kLabelSine = 0.91;
constexpr double kLabelCosine = 0.43;
constexpr double kLongestLabel = 140;

using Colour = std::array<double, 3>;

// Light enough at their strongest for black text (contrast 8:1 and more).
constexpr Colour kNone = {247, 247, 247};
constexpr Colour kAbove = {107, 174, 214};
constexpr Colour kBelow = {244, 162, 97};

std::string Fill(double value, double largest) {
  const double share = largest > 0 ? std::abs(value) / largest : 0;
  const Colour& end = value < 0 ? kBelow : kAbove;
  std::string text = "#";
  for (std::size_t i = 0; i < end.size(); ++i) {
    const double part = kNone[i] + share * (end[i] - kNone[i]);
    absl::StrAppend(
        &text, absl::Hex(static_cast<int>(std::lround(part)), absl::kZeroPad2));
  }
  return text;
}

class HeatMapDrawing {
 public:
  explicit HeatMapDrawing(const HeatMap& map) : map_(map), svg_(map.text) {
    const double columns =
        static_cast<double>(std::max<std::size_t>(1, map.columns.size()));
    double longest = 0;
    double overhang = 0;
    for (std::size_t i = 0; i < map.columns.size(); ++i) {
      const double width = std::min(
          kLongestLabel, EstimateTextWidth(map.columns[i], kSmallFontSize));
      longest = std::max(longest, width);
      if (i + 1 == map.columns.size()) overhang = width * kLabelCosine;
    }
    cell_ = std::min(kWidestCell,
                     (kPlotWidth - 12 - kLeft - overhang) / (columns - 0.5));
    cell_ = std::min(cell_, (kPlotWidth - 8 - kLeft) / columns);
    top_ = svg_.top() + 22 + longest * kLabelSine + 10;
  }

  std::string Draw() {
    FindLargest();
    DrawHeadings();
    for (std::size_t row = 0; row < map_.rows.size(); ++row) {
      for (std::size_t column = 0; column < map_.columns.size(); ++column) {
        DrawCell(row, column);
      }
    }
    for (std::size_t row = 0; row < map_.rows.size(); ++row) DrawFrames(row);
    const double bottom =
        top_ + kRow * static_cast<double>(map_.rows.size()) + 22;
    TextStyle style;
    style.font_size = kSmallFontSize;
    style.ink = Ink::kMuted;
    svg_.Text({8, bottom},
              ShortenText(map_.note, kSmallFontSize, kPlotWidth - 16), style);
    return svg_.Finish(bottom + 14);
  }

 private:
  // Null where there is nothing to show.
  const HeatCell* CellAt(std::size_t row, std::size_t column) const {
    if (row >= map_.cells.size() || column >= map_.cells[row].size()) {
      return nullptr;
    }
    const HeatCell& cell = map_.cells[row][column];
    const bool is_shown = cell.value.has_value() && IsDrawable(*cell.value);
    return is_shown ? &cell : nullptr;
  }

  Point Corner(std::size_t row, std::size_t column) const {
    return {kLeft + cell_ * static_cast<double>(column),
            top_ + kRow * static_cast<double>(row)};
  }

  void FindLargest() {
    for (std::size_t row = 0; row < map_.rows.size(); ++row) {
      for (std::size_t column = 0; column < map_.columns.size(); ++column) {
        const HeatCell* cell = CellAt(row, column);
        if (cell == nullptr) continue;
        largest_ = std::max(largest_, std::abs(*cell->value));
      }
    }
  }

  void DrawHeadings() {
    TextStyle style;
    style.font_size = kSmallFontSize;
    style.ink = Ink::kMuted;
    svg_.Text({8, top_ - 8},
              ShortenText(map_.row_label, kSmallFontSize, kLeft - 16), style);
    svg_.Text({8, svg_.top() + 8},
              ShortenText(map_.column_label, kSmallFontSize, kPlotWidth - 16),
              style);
    style.ink = Ink::kInk;
    for (std::size_t row = 0; row < map_.rows.size(); ++row) {
      svg_.Text({8, Corner(row, 0).y + kRow / 2 + 4},
                ShortenText(map_.rows[row], kSmallFontSize, kLeft - 12), style);
    }
    style.rotation_degrees = kLabelTilt;
    for (std::size_t column = 0; column < map_.columns.size(); ++column) {
      svg_.Text(
          {Corner(0, column).x + cell_ / 2, top_ - 6},
          ShortenText(map_.columns[column], kSmallFontSize, kLongestLabel),
          style);
    }
  }

  void DrawCell(std::size_t row, std::size_t column) {
    const Point corner = Corner(row, column);
    const HeatCell* cell = CellAt(row, column);
    const Point middle = {corner.x + cell_ / 2, corner.y + kRow / 2 + 4};
    if (cell == nullptr) {
      svg_.Cell(corner, cell_, kRow, "#ffffff");
      svg_.CellText(middle, "–", false);
      return;
    }
    const double value = *cell->value;
    const std::string number =
        WithMinusSign(map_.is_signed ? SignedFixedText(value, map_.decimals)
                                     : FixedText(value, map_.decimals));
    svg_.Cell(corner, cell_, kRow, Fill(value, largest_));
    svg_.CellText(middle, absl::StrCat(number, cell->is_significant ? "*" : ""),
                  cell->is_significant);
    const bool is_zero = number.find_first_of("123456789") == number.npos;
    if (!map_.is_signed || is_zero) return;
    if (value > 0) {
      svg_.UpMark({corner.x + 7, corner.y + 9});
    } else {
      svg_.DownMark({corner.x + 7, corner.y + kRow - 2});
    }
  }

  void DrawFrames(std::size_t row) {
    if (row >= map_.cells.size()) return;
    const std::size_t columns =
        std::min(map_.cells[row].size(), map_.columns.size());
    for (std::size_t column = 0; column < columns; ++column) {
      if (!map_.cells[row][column].is_framed) continue;
      svg_.Frame(Corner(row, column), cell_, kRow);
    }
  }

  const HeatMap& map_;
  Svg svg_;
  double cell_ = 0;
  double top_ = 0;
  double largest_ = 0;
};

}  // namespace

std::string DrawHeatMap(const HeatMap& map) {
  return HeatMapDrawing(map).Draw();
}

}  // namespace culturemert
