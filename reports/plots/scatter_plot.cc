#include "reports/plots/scatter_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/strings/str_cat.h"
#include "reports/plots/axis.h"
#include "reports/plots/characters.h"
#include "reports/plots/legend.h"
#include "reports/tables/number_text.h"

namespace culturemert {
namespace {

constexpr double kLeft = 52;
constexpr double kSize = 376;
constexpr double kRight = kLeft + kSize;
constexpr double kAxisRoom = 44;
constexpr double kNameSize = 11;
constexpr double kLongestName = 150;
constexpr int kMaxTicks = 7;

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  bool Overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom &&
           other.top < bottom;
  }
  bool IsWithin(const Box& other) const {
    return left >= other.left && right <= other.right && top >= other.top &&
           bottom <= other.bottom;
  }
};

class ScatterPlotDrawing {
 public:
  explicit ScatterPlotDrawing(const ScatterPlot& plot)
      : plot_(plot), svg_(plot.text) {
    top_ = svg_.top() + 22;
    bottom_ = top_ + kSize;
    DataRange range;
    std::size_t left_out = 0;
    for (const ScatterGroup& group : plot.groups) {
      for (const ScatterPoint& point : group.points) {
        if (IsShown(point)) {
          range.Add(point.x);
          range.Add(point.y);
        } else {
          ++left_out;
        }
      }
    }
    if (left_out > 0) {
      svg_.AddToDescription(
          absl::StrCat("Points that could not be drawn: ", left_out, "."));
    }
    const DataRange wide = range.Widened(0.04);
    x_ = Axis(wide, AxisKind::kLinear, kLeft, kRight, kMaxTicks);
    y_ = Axis(wide, AxisKind::kLinear, bottom_, top_, kMaxTicks);
  }

  std::string Draw() {
    DrawAxes();
    for (std::size_t i = 0; i < plot_.groups.size(); ++i) DrawGroup(i);
    DrawNames();
    std::vector<LegendEntry> entries;
    for (std::size_t i = 0; i < plot_.groups.size(); ++i) {
      entries.push_back({plot_.groups[i].label, i, false, true, true, false});
    }
    return svg_.Finish(DrawLegend(svg_, bottom_ + kAxisRoom, entries) + 6);
  }

 private:
  static bool IsShown(const ScatterPoint& point) {
    return IsDrawable(point.x) && IsDrawable(point.y);
  }

  Point Place(const ScatterPoint& point) const {
    return {x_->Place(point.x), y_->Place(point.y)};
  }

  void DrawAxes() {
    TextStyle style;
    style.font_size = kSmallFontSize;
    svg_.Text({8, top_ - 8},
              ShortenText(plot_.y_label, kSmallFontSize, kPlotWidth - 16),
              style);
    style.anchor = Anchor::kMiddle;
    svg_.Text({(kLeft + kRight) / 2, bottom_ + 36},
              ShortenText(plot_.x_label, kSmallFontSize, kSize), style);
    style.ink = Ink::kMuted;
    for (const Tick& tick : x_->ticks()) {
      const double x = x_->Place(tick.value);
      svg_.GridLine({x, top_}, {x, bottom_});
      svg_.Text({x, bottom_ + 18}, tick.text, style);
    }
    style.anchor = Anchor::kEnd;
    for (const Tick& tick : y_->ticks()) {
      const double y = y_->Place(tick.value);
      svg_.GridLine({kLeft, y}, {kRight, y});
      svg_.Text({kLeft - 6, y + 4}, tick.text, style);
    }
    svg_.AxisLine({kLeft, bottom_}, {kRight, bottom_});
    svg_.AxisLine({kLeft, top_}, {kLeft, bottom_});
    svg_.DashedLine({kLeft, bottom_}, {kRight, top_});
  }

  void DrawGroup(std::size_t index) {
    const ScatterGroup& group = plot_.groups[index];
    svg_.BeginSeries(index);
    for (const ScatterPoint& point : group.points) {
      if (!IsShown(point)) continue;
      const Point at = Place(point);
      svg_.Marker(at, SeriesShape(index), true,
                  absl::StrCat(point.label, ": ", FixedText(point.x, 1), " → ",
                               FixedText(point.y, 1)));
      taken_.push_back({at.x - 5, at.y - 5, at.x + 5, at.y + 5});
    }
    svg_.EndSeries();
  }

  void DrawNames() {
    std::vector<const ScatterPoint*> points;
    for (const ScatterGroup& group : plot_.groups) {
      for (const ScatterPoint& point : group.points) {
        if (IsShown(point)) points.push_back(&point);
      }
    }
    std::stable_sort(points.begin(), points.end(),
                     [](const ScatterPoint* a, const ScatterPoint* b) {
                       return std::abs(a->y - a->x) > std::abs(b->y - b->x);
                     });
    const std::size_t count = std::min<std::size_t>(
        points.size(), static_cast<std::size_t>(std::max(0, plot_.labelled)));
    for (std::size_t i = 0; i < count; ++i) DrawName(*points[i]);
  }

  void DrawName(const ScatterPoint& point) {
    const std::string name = ShortenText(point.label, kNameSize, kLongestName);
    const double width = EstimateTextWidth(name, kNameSize);
    const Point at = Place(point);
    const std::array<Point, 4> starts = {{{at.x + 7, at.y + 4},
                                          {at.x - 7 - width, at.y + 4},
                                          {at.x - width / 2, at.y - 8},
                                          {at.x - width / 2, at.y + 16}}};
    for (const Point& start : starts) {
      const Box box = {start.x, start.y - 10, start.x + width, start.y + 3};
      const bool is_free =
          box.IsWithin({kLeft, top_, kRight, bottom_}) &&
          std::none_of(taken_.begin(), taken_.end(),
                       [&](const Box& other) { return box.Overlaps(other); });
      if (!is_free) continue;
      TextStyle style;
      style.font_size = kNameSize;
      style.has_halo = true;
      svg_.Text(start, name, style);
      taken_.push_back(box);
      return;
    }
  }

  const ScatterPlot& plot_;
  Svg svg_;
  std::optional<Axis> x_;
  std::optional<Axis> y_;
  std::vector<Box> taken_;
  double top_ = 0;
  double bottom_ = 0;
};

}  // namespace

std::string DrawScatterPlot(const ScatterPlot& plot) {
  return ScatterPlotDrawing(plot).Draw();
}

}  // namespace culturemert
