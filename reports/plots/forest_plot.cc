#include "reports/plots/forest_plot.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "reports/plots/axis.h"
#include "reports/plots/characters.h"
#include "reports/plots/legend.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kLeft = 140;
constexpr double kRight = 292;
constexpr double kNumbers = kPlotWidth - 8;
constexpr double kRow = 22;
constexpr double kGroupGap = 6;
constexpr double kAxisRoom = 44;
constexpr int kMaxTicks = 5;
// All rows look alike; their groups have titles. Squares, as in medicine.
constexpr std::size_t kSeries = 1;

bool HasInterval(const ForestRow& row) {
  return row.low.has_value() && row.high.has_value() && IsDrawable(*row.low) &&
         IsDrawable(*row.high);
}

std::string SignedText(double value, int decimals) {
  return WithMinusSign(SignedFixedText(value, decimals));
}

std::string Numbers(const ForestRow& row, int decimals) {
  if (!IsDrawable(row.value)) return "no value";
  std::string text = SignedText(row.value, decimals);
  if (HasInterval(row)) {
    absl::StrAppend(&text, " [", SignedText(*row.low, decimals), ", ",
                    SignedText(*row.high, decimals), "]");
  }
  return text;
}

DataRange RangeOf(const ForestPlot& plot) {
  DataRange range;
  range.Add(0);
  for (const ForestGroup& group : plot.groups) {
    for (const ForestRow& row : group.rows) {
      range.Add(row.value);
      if (!IsDrawable(row.value) || !HasInterval(row)) continue;
      range.Add(*row.low);
      range.Add(*row.high);
    }
  }
  return range.Widened(0.04);
}

double HeightOfRows(const ForestPlot& plot) {
  double height = 0;
  for (const ForestGroup& group : plot.groups) {
    height += kGroupGap + kRow * static_cast<double>(group.rows.size() + 1);
  }
  return std::max(height, kRow);
}

void DrawRow(Svg& svg, const Axis& axis, double y, const ForestRow& row,
             int decimals) {
  svg.Text({12, y + 4}, ShortenText(row.label, 13, kLeft - 20));
  const std::string numbers = Numbers(row, decimals);
  TextStyle style;
  style.anchor = Anchor::kEnd;
  style.font_size = kSmallFontSize;
  svg.Text({kNumbers, y + 4},
           ShortenText(numbers, kSmallFontSize, kNumbers - kRight - 4), style);
  if (!IsDrawable(row.value)) return;
  svg.BeginSeries(kSeries);
  if (HasInterval(row)) {
    const double low = axis.Place(*row.low);
    const double high = axis.Place(*row.high);
    svg.Line({low, y}, {high, y}, 2);
    svg.Line({low, y - 4}, {low, y + 4});
    svg.Line({high, y - 4}, {high, y + 4});
  }
  svg.Marker({axis.Place(row.value), y}, SeriesShape(kSeries),
             row.is_significant, absl::StrCat(row.label, ": ", numbers));
  svg.EndSeries();
}

// Behind the rows of a group.
void DrawGrid(Svg& svg, const Axis& axis, double top, double bottom) {
  for (const Tick& tick : axis.ticks()) {
    const double x = axis.Place(tick.value);
    svg.GridLine({x, top}, {x, bottom});
  }
  svg.AxisLine({axis.Place(0), top}, {axis.Place(0), bottom});
}

void DrawAxis(Svg& svg, const Axis& axis, double bottom,
              const std::string& label) {
  TextStyle style;
  style.anchor = Anchor::kMiddle;
  style.ink = Ink::kMuted;
  style.font_size = kSmallFontSize;
  for (const Tick& tick : axis.ticks()) {
    svg.Text({axis.Place(tick.value), bottom + 16}, tick.text, style);
  }
  style.ink = Ink::kInk;
  svg.Text({(kLeft + kRight) / 2, bottom + 36},
           ShortenText(label, kSmallFontSize, kLeft + kRight), style);
}

}  // namespace

std::string DrawForestPlot(const ForestPlot& plot) {
  Svg svg(plot.text);
  const double top = svg.top();
  const double bottom = top + HeightOfRows(plot);
  const Axis axis(RangeOf(plot), AxisKind::kLinear, kLeft, kRight, kMaxTicks);
  DrawAxis(svg, axis, bottom, plot.x_label);
  TextStyle bold;
  bold.is_bold = true;
  double y = top;
  int left_out = 0;
  for (const ForestGroup& group : plot.groups) {
    y += kGroupGap + kRow;
    svg.Text({8, y - kRow / 2 + 4},
             ShortenText(group.title, 15, kPlotWidth - 16), bold);
    DrawGrid(svg, axis, y, y + kRow * static_cast<double>(group.rows.size()));
    for (const ForestRow& row : group.rows) {
      DrawRow(svg, axis, y + kRow / 2, row, plot.decimals);
      left_out += IsDrawable(row.value) ? 0 : 1;
      y += kRow;
    }
  }
  if (left_out > 0) {
    svg.AddToDescription(
        absl::StrCat("Rows without a value to draw: ", left_out, "."));
  }
  const double end =
      DrawLegend(svg, bottom + kAxisRoom,
                 {{plot.significant_label, kSeries, false, true, true, false},
                  {plot.other_label, kSeries, false, true, false, false}});
  return svg.Finish(end + 6);
}

}  // namespace culturemert
