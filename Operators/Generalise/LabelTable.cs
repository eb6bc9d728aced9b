using System.Text;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>A fixed set of texts in one arena, so that a column of them copies nothing.</summary>
/// <param name="labels">The texts.</param>
internal sealed class LabelTable(IReadOnlyList<string> labels)
{
    private readonly TextSpan[] _spans = Places(labels);

    /// <summary>The texts, one after the other.</summary>
    public ByteArena Arena { get; } = ByteArena.OfConstants(Encoding.UTF8.GetBytes(string.Concat(labels)));

    /// <summary>The place of a text.</summary>
    /// <param name="label">Its index.</param>
    public TextSpan this[int label] => _spans[label];

    private static TextSpan[] Places(IReadOnlyList<string> labels)
    {
        var spans = new TextSpan[labels.Count];
        var offset = 0;
        for (var i = 0; i < spans.Length; i++)
        {
            spans[i] = new TextSpan(offset, Encoding.UTF8.GetByteCount(labels[i]));
            offset += spans[i].Length;
        }

        return spans;
    }
}
