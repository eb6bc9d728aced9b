using System.Buffers.Binary;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Windows;

/// <summary>Writes and reads an aggregate as part of a checkpoint.</summary>
internal static class WindowAggregateFormat
{
    private const long Version = 1;

    public static ReadOnlyMemory<byte> Write(WindowAggregate aggregate)
    {
        var writer = new SnapshotWriter();
        writer.Write(Version);
        writer.Write(aggregate.Window.StartMs);
        writer.Write(aggregate.Window.EndMs);
        writer.Write((long)aggregate.KeyParts);
        writer.Write((long)aggregate.SumCount);
        writer.Write((long)aggregate.Count);
        for (var group = 0; group < aggregate.Count; group++)
        {
            writer.Write(aggregate.Key(group));
            writer.Write(aggregate.Rows[group]);
            writer.Write(aggregate.Subjects[group]);
            for (var measure = 0; measure < aggregate.SumCount; measure++)
            {
                writer.Write(aggregate.Sums(measure)[group]);
            }
        }

        return writer.Written;
    }

    public static WindowAggregate Read(ReadOnlyMemory<byte> state)
    {
        var reader = new SnapshotReader(state);
        if (reader.ReadInt64() != Version)
        {
            throw new SnapshotException("A withheld window was stored in another format.");
        }

        var window = new TimeWindow(reader.ReadInt64(), reader.ReadInt64());
        var aggregate = new WindowAggregate(window, reader.ReadInt32(0, 64), reader.ReadInt32(0, 1024));
        var groups = reader.ReadInt32(0, int.MaxValue);
        for (var i = 0; i < groups; i++)
        {
            var key = reader.ReadBytes();
            if (!IsKey(key, aggregate.KeyParts) || aggregate.GetOrAdd(key) is var group && group != i)
            {
                throw new SnapshotException("The stored state is damaged: a key of a withheld window is not possible or stands twice.");
            }

            aggregate.Add(group, reader.ReadInt64(), reader.ReadInt64());
            for (var measure = 0; measure < aggregate.SumCount; measure++)
            {
                aggregate.AddSum(group, measure, reader.ReadInt64());
            }
        }

        return aggregate;
    }

    // One part is the key itself; of others each stands after its length.
    private static bool IsKey(ReadOnlySpan<byte> key, int parts)
    {
        for (var part = 0; parts != 1 && part < parts; part++)
        {
            if (key.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(key) is var length && (length < 0 || length > key.Length - 4))
            {
                return false;
            }

            key = key[(4 + length)..];
        }

        return parts == 1 || key.IsEmpty;
    }
}
