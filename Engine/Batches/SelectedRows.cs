using System.Numerics;

namespace AkkaPrivacy.Engine.Batches;

/// <summary>The indices of a batch's selected rows, ascending, for <c>foreach</c>. The row at hand may be deselected
/// meanwhile.</summary>
public ref struct SelectedRows
{
    private readonly ReadOnlySpan<ulong> _words;
    private ulong _rest;
    private int _next;

    internal SelectedRows(ReadOnlySpan<ulong> words)
    {
        _words = words;
        _next = 0;
        _rest = 0;
        Current = -1;
    }

    /// <summary>The row's index.</summary>
    public int Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    /// <returns>Itself.</returns>
    public readonly SelectedRows GetEnumerator() => this;

    /// <summary>Goes on to the next selected row.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        while (_rest == 0)
        {
            if (_next == _words.Length)
            {
                return false;
            }

            _rest = _words[_next++];
        }

        Current = ((_next - 1) << 6) + BitOperations.TrailingZeroCount(_rest);
        _rest &= _rest - 1;
        return true;
    }
}
