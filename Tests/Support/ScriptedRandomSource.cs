using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Gives the stated words in order and then only zeros.</summary>
public sealed class ScriptedRandomSource(params ulong[] words) : IRandomSource
{
    private int _next;

    public void Fill(Span<byte> destination)
    {
        destination.Clear();
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(destination))
        {
            word = _next < words.Length ? words[_next++] : 0;
        }
    }
}
