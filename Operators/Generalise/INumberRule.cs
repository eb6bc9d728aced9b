using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Names a number by one of a fixed set of texts. Implemented by structures, as <see cref="ITextRule"/>.</summary>
internal interface INumberRule
{
    /// <summary>The texts.</summary>
    LabelTable Labels { get; }

    /// <summary>Which text a number has.</summary>
    /// <param name="value">The number; not missing.</param>
    /// <returns>The text's index.</returns>
    int LabelOf(long value);
}
