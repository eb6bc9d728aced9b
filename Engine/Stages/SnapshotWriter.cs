using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>Writes a stage's state: little-endian, lengths before content.</summary>
public sealed class SnapshotWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Forgets what was written and keeps the buffer, for the next snapshot.</summary>
    public void Reset() => _buffer.ResetWrittenCount();

    /// <summary>Writes a number.</summary>
    /// <param name="value">The number.</param>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
    }

    /// <summary>Writes bytes with their length.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Write((long)bytes.Length);
        _buffer.Write(bytes);
    }

    /// <summary>Writes a text.</summary>
    /// <param name="text">The text.</param>
    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text).AsSpan());

    /// <summary>Writes the length of a run of values and makes room for it, to be filled in place before the next write.
    /// Read with <see cref="SnapshotReader.ReadArray{T}"/> or <see cref="SnapshotReader.ReadBytes"/>.</summary>
    /// <typeparam name="T">A type without references.</typeparam>
    /// <param name="count">Number of values.</param>
    /// <returns>The place; its content is arbitrary.</returns>
    public Span<T> Reserve<T>(int count)
        where T : unmanaged
    {
        var bytes = checked(count * Unsafe.SizeOf<T>());
        Write((long)bytes);
        var place = _buffer.GetSpan(bytes == 0 ? 1 : bytes)[..bytes];
        _buffer.Advance(bytes);
        return MemoryMarshal.Cast<byte, T>(place);
    }

    /// <summary>Writes numbers or tokens in bulk, with their count in bytes.</summary>
    /// <typeparam name="T">A type without references.</typeparam>
    /// <param name="values">The values.</param>
    public void WriteArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(values));
}
