#include "models/mert/front_end.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "models/ops/first_conv.h"
#include "models/ops/gelu.h"

namespace culturemert {
namespace {

static_assert(kMertConvLayers[0].kernel == kFirstConvTaps &&
              kMertConvLayers[0].stride == kFirstConvStride);

constexpr std::size_t kLayers = kMertConvLayers.size();
constexpr std::size_t kNormWeight = kLayers;
constexpr std::size_t kNormBias = kLayers + 1;
// Frames of the second layer computed at a time: the 1025 frames of the first
// that they need, 2 MiB at 512 channels, stay in the cache.
constexpr std::int64_t kTileFrames = 512;

// Convolution of stride 2 as matrix products. `weight` is [C, kernel * C], the
// taps of one output channel side by side.
class StridedConv {
 public:
  StridedConv(std::int64_t kernel, const at::Tensor& weight)
      : kernel_(kernel), channels_(weight.size(0)), weight_(weight) {}

  std::int64_t OutputLength(std::int64_t length) const {
    return (length - kernel_) / 2 + 1;
  }

  // out = the convolution of x, [length, C].
  void Forward(const at::Tensor& x, at::Tensor out) const {
    at::mm_out(out, Pairs(x, out.size(0)), PairWeight(weight_).t());
    if (kernel_ == 3) {
      at::addmm_out(out, out, Thirds(x, out.size(0)), ThirdWeight(weight_).t());
    }
  }

  // x_gradient = the gradient by x; adds that by the weight to
  // weight_gradient, of the same layout.
  void Backward(const at::Tensor& x, const at::Tensor& gradient,
                at::Tensor x_gradient,
                const at::Tensor& weight_gradient) const {
    const std::int64_t length = gradient.size(0);
    at::Tensor pair_weight = PairWeight(weight_gradient);
    at::addmm_out(pair_weight, pair_weight, gradient.t(), Pairs(x, length));
    at::Tensor pairs = Pairs(x_gradient, length);
    at::mm_out(pairs, gradient, PairWeight(weight_));
    x_gradient.narrow(0, 2 * length, x.size(0) - 2 * length).zero_();
    if (kernel_ == 3) {
      at::Tensor third_weight = ThirdWeight(weight_gradient);
      at::addmm_out(third_weight, third_weight, gradient.t(),
                    Thirds(x, length));
      at::Tensor thirds = Thirds(x_gradient, length);
      at::addmm_out(thirds, thirds, gradient, ThirdWeight(weight_));
    }
  }

 private:
  // The first two samples each output frame sees, and the third.
  at::Tensor Pairs(const at::Tensor& x, std::int64_t length) const {
    return x.as_strided({length, 2 * channels_}, {2 * channels_, 1});
  }
  at::Tensor Thirds(const at::Tensor& x, std::int64_t length) const {
    return x.as_strided({length, channels_}, {2 * channels_, 1},
                        x.storage_offset() + 2 * channels_);
  }
  at::Tensor PairWeight(const at::Tensor& weight) const {
    return weight.narrow(1, 0, 2 * channels_);
  }
  at::Tensor ThirdWeight(const at::Tensor& weight) const {
    return weight.narrow(1, 2 * channels_, channels_);
  }

  const std::int64_t kernel_;
  const std::int64_t channels_;
  const at::Tensor weight_;
};

template <typename T>
class FrontEndPass {
 public:
  FrontEndPass(const MertConfig& config, const std::vector<at::Tensor>& tensors)
      : channels_(config.conv_channels),
        first_weights_({In(tensors[0]), In(tensors[kNormWeight]),
                        In(tensors[kNormBias]), config.conv_channels,
                        config.layer_norm_epsilon}) {
    for (std::size_t i = 1; i < kLayers; ++i) {
      convs_.emplace_back(
          kMertConvLayers[i].kernel,
          tensors[i].permute({0, 2, 1}).reshape({channels_, -1}));
    }
  }

  // Of one clip, audio [samples]; features [T, C].
  void Forward(const at::Tensor& audio, at::Tensor features,
               std::vector<at::Tensor>* kept) const;
  // Adds to `gradients`, those of convolutions 1 to 6 in StridedConv's layout.
  void Backward(const at::Tensor& audio, const std::vector<at::Tensor>& kept,
                const at::Tensor& features_gradient,
                const std::vector<at::Tensor>& gradients) const;

 private:
  static const T* In(const at::Tensor& tensor) {
    return tensor.const_data_ptr<T>();
  }
  static T* Out(const at::Tensor& tensor) {
    return tensor.mutable_data_ptr<T>();
  }
  at::Tensor New(std::int64_t length, const at::Tensor& like) const {
    return at::empty({length, channels_}, like.options());
  }
  // Calls work(begin, end, first) for tiles of frames [begin, end) of the
  // second layer, `first` being the outputs of the first that they see.
  template <typename Work>
  void ForEachTile(const FirstConv<T>& first, std::int64_t length,
                   const at::Tensor& like, const Work& work) const;

  const std::int64_t channels_;
  const FirstConvWeights<T> first_weights_;
  std::vector<StridedConv> convs_;  // Layers 1 to 6.
};

template <typename T>
template <typename Work>
void FrontEndPass<T>::ForEachTile(const FirstConv<T>& first,
                                  std::int64_t length, const at::Tensor& like,
                                  const Work& work) const {
  const std::int64_t overlap = kMertConvLayers[1].kernel - 2;
  const at::Tensor buffer =
      New(2 * std::min(kTileFrames, length) + overlap, like);
  for (std::int64_t begin = 0; begin < length; begin += kTileFrames) {
    const std::int64_t end = std::min(length, begin + kTileFrames);
    const at::Tensor tile = buffer.narrow(0, 0, 2 * (end - begin) + overlap);
    first.Forward(2 * begin, 2 * end + overlap, Out(tile));
    work(begin, end, tile);
  }
}

template <typename T>
void FrontEndPass<T>::Forward(const at::Tensor& audio, at::Tensor features,
                              std::vector<at::Tensor>* kept) const {
  const FirstConv<T> first(first_weights_, In(audio), audio.size(0));
  std::int64_t length = convs_[0].OutputLength(first.frames());
  at::Tensor x = New(length, audio);
  ForEachTile(
      first, length, audio,
      [&](std::int64_t begin, std::int64_t end, const at::Tensor& tile) {
        convs_[0].Forward(tile, x.narrow(0, begin, end - begin));
      });
  for (std::size_t i = 1; i <= convs_.size(); ++i) {
    const bool is_last = i == convs_.size();
    at::Tensor activated = x;
    if (is_last) {
      activated = features;
    } else if (kept != nullptr) {
      activated = New(x.size(0), x);
    }
    GeluForward(In(x), x.numel(), Out(activated));
    if (kept != nullptr) kept->push_back(x);
    if (is_last) break;
    x = New(convs_[i].OutputLength(activated.size(0)), audio);
    convs_[i].Forward(activated, x);
  }
}

template <typename T>
void FrontEndPass<T>::Backward(const at::Tensor& audio,
                               const std::vector<at::Tensor>& kept,
                               const at::Tensor& features_gradient,
                               const std::vector<at::Tensor>& gradients) const {
  at::Tensor gradient = New(features_gradient.size(0), audio);
  GeluBackward(In(features_gradient), In(kept.back()), gradient.numel(),
               Out(gradient));
  for (std::size_t i = convs_.size() - 1; i > 0; --i) {
    const at::Tensor& before = kept[i - 1];
    const at::Tensor x = New(before.size(0), audio);
    GeluForward(In(before), before.numel(), Out(x));
    const at::Tensor x_gradient = New(before.size(0), audio);
    convs_[i].Backward(x, gradient, x_gradient, gradients[i + 1]);
    GeluBackward(In(x_gradient), In(before), before.numel(), Out(x_gradient));
    gradient = x_gradient;
  }
  FirstConv<T> first(first_weights_, In(audio), audio.size(0));
  ForEachTile(
      first, gradient.size(0), audio,
      [&](std::int64_t begin, std::int64_t end, const at::Tensor& tile) {
        const at::Tensor tile_gradient = New(tile.size(0), tile);
        convs_[0].Backward(tile, gradient.narrow(0, begin, end - begin),
                           tile_gradient, gradients[1]);
        first.AddGradient(2 * begin, 2 * begin + tile.size(0),
                          In(tile_gradient));
      });
  first.Finish(Out(gradients[0]), Out(gradients[kNormWeight]),
               Out(gradients[kNormBias]));
}

template <typename T>
at::Tensor Forward(const MertConfig& config,
                   const std::vector<at::Tensor>& tensors,
                   const at::Tensor& audio, FrontEndActivations* activations) {
  const FrontEndPass<T> pass(config, tensors);
  const std::int64_t clips = audio.size(0);
  at::Tensor features =
      at::empty({clips, MertFrames(audio.size(1)), config.conv_channels},
                audio.options());
  if (activations != nullptr) activations->resize(clips);
  for (std::int64_t clip = 0; clip < clips; ++clip) {
    pass.Forward(audio[clip], features[clip],
                 activations == nullptr ? nullptr : &(*activations)[clip]);
  }
  return features;
}

template <typename T>
std::vector<at::Tensor> Backward(const MertConfig& config,
                                 const std::vector<at::Tensor>& tensors,
                                 const at::Tensor& audio,
                                 const FrontEndActivations& activations,
                                 const at::Tensor& gradient) {
  const FrontEndPass<T> pass(config, tensors);
  std::vector<at::Tensor> gradients;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    at::Tensor zeros = at::zeros_like(tensors[i], tensors[i].options(),
                                      at::MemoryFormat::Contiguous);
    if (i > 0 && i < kLayers) {
      zeros = zeros.view({config.conv_channels, -1});
    }
    gradients.push_back(zeros);
  }
  for (std::int64_t clip = 0; clip < audio.size(0); ++clip) {
    pass.Backward(audio[clip], activations[clip], gradient[clip], gradients);
  }
  for (std::size_t i = 1; i < kLayers; ++i) {
    gradients[i] =
        gradients[i]
            .view({config.conv_channels, kMertConvLayers[i].kernel, -1})
            .permute({0, 2, 1})
            .contiguous();
  }
  return gradients;
}

}  // namespace

std::vector<at::Tensor> FrontEndTensors(const NamedTensors& parameters) {
  const std::string prefix = "feature_extractor.conv_layers.";
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < kLayers; ++i) {
    tensors.push_back(
        parameters.find(absl::StrCat(prefix, i, ".conv.weight"))->second);
  }
  for (const char* part : {"weight", "bias"}) {
    tensors.push_back(
        parameters.find(absl::StrCat(prefix, "0.layer_norm.", part))->second);
  }
  return tensors;
}

at::Tensor FrontEndForward(const MertConfig& config,
                           const std::vector<at::Tensor>& tensors,
                           const at::Tensor& audio,
                           FrontEndActivations* activations) {
  return audio.scalar_type() == at::kFloat
             ? Forward<float>(config, tensors, audio, activations)
             : Forward<double>(config, tensors, audio, activations);
}

std::vector<at::Tensor> FrontEndBackward(const MertConfig& config,
                                         const std::vector<at::Tensor>& tensors,
                                         const at::Tensor& audio,
                                         const FrontEndActivations& activations,
                                         const at::Tensor& gradient) {
  const at::Tensor contiguous = gradient.contiguous();
  return audio.scalar_type() == at::kFloat
             ? Backward<float>(config, tensors, audio, activations, contiguous)
             : Backward<double>(config, tensors, audio, activations,
                                contiguous);
}

}  // namespace culturemert
