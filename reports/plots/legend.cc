#include "reports/plots/legend.h"

#include <array>

#include "reports/plots/characters.h"

namespace culturemert {
namespace {

constexpr double kLeft = 8;
constexpr double kRight = kPlotWidth - 8;
constexpr double kRow = 20;
constexpr double kGap = 16;
constexpr double kMarkerRoom = 18;
constexpr double kLineRoom = 38;

void DrawSign(Svg& svg, Point at, const LegendEntry& entry) {
  if (entry.is_reference) {
    svg.DashedLine(at, {at.x + kLineRoom - 8, at.y});
    return;
  }
  svg.BeginSeries(entry.series);
  if (entry.has_line) {
    const std::array<Point, 2> line = {{at, {at.x + kLineRoom - 8, at.y}}};
    svg.Path(line, SeriesDash(entry.series));
  }
  if (entry.has_marker) {
    const double middle = entry.has_line ? (kLineRoom - 8) / 2 : 5;
    svg.Marker({at.x + middle, at.y}, SeriesShape(entry.series),
               entry.is_filled, "");
  }
  svg.EndSeries();
}

}  // namespace

double DrawLegend(Svg& svg, double top, absl::Span<const LegendEntry> entries) {
  if (entries.empty()) return top;
  TextStyle style;
  style.font_size = kSmallFontSize;
  double x = kLeft;
  double y = top;
  for (const LegendEntry& entry : entries) {
    const bool is_long = entry.has_line || entry.is_reference;
    const double room = is_long ? kLineRoom : kMarkerRoom;
    const std::string label =
        ShortenText(entry.label, kSmallFontSize, kRight - kLeft - room);
    const double width = room + EstimateTextWidth(label, kSmallFontSize);
    if (x > kLeft && x + width > kRight) {
      x = kLeft;
      y += kRow;
    }
    DrawSign(svg, {x, y + 10}, entry);
    svg.Text({x + room, y + 14}, label, style);
    x += width + kGap;
  }
  return y + kRow;
}

}  // namespace culturemert
