using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>Reads what a <see cref="SnapshotWriter"/> wrote, in the same order.</summary>
/// <param name="data">The state.</param>
public sealed class SnapshotReader(ReadOnlyMemory<byte> data)
{
    private int _position;

    /// <summary>Whether everything was read.</summary>
    public bool IsAtEnd => _position == data.Length;

    /// <summary>Reads a number.</summary>
    /// <returns>The number.</returns>
    /// <exception cref="SnapshotException">The state ends too early.</exception>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>Reads a number and checks its range.</summary>
    /// <param name="min">The smallest value allowed.</param>
    /// <param name="max">The largest value allowed.</param>
    /// <returns>The number.</returns>
    /// <exception cref="SnapshotException">The number is out of range, or the state ends too early.</exception>
    public int ReadInt32(int min, int max)
    {
        var value = ReadInt64();
        return value >= min && value <= max
            ? (int)value
            : throw new SnapshotException($"The stored state is damaged at byte {_position}: a number is outside {min}..{max}.");
    }

    /// <summary>Reads bytes; the result is valid as long as the state is.</summary>
    /// <returns>The bytes.</returns>
    /// <exception cref="SnapshotException">The state ends too early.</exception>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadInt32(0, int.MaxValue));

    /// <summary>Reads a text.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="SnapshotException">The state ends too early.</exception>
    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Reads values that were written in bulk.</summary>
    /// <typeparam name="T">The type that was written.</typeparam>
    /// <returns>The values.</returns>
    /// <exception cref="SnapshotException">The length does not fit the type, or the state ends too early.</exception>
    public T[] ReadArray<T>()
        where T : unmanaged
    {
        var bytes = ReadBytes();
        return bytes.Length % Unsafe.SizeOf<T>() == 0
            ? MemoryMarshal.Cast<byte, T>(bytes).ToArray()
            : throw new SnapshotException($"The stored state is damaged at byte {_position}: {bytes.Length} bytes hold no whole number of values.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - _position)
        {
            throw new SnapshotException($"The stored state ends at byte {data.Length}, {count - (data.Length - _position)} bytes too early.");
        }

        var taken = data.Span.Slice(_position, count);
        _position += count;
        return taken;
    }
}
