using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>Noise on integers that is drawn in bulk from random bits.</summary>
internal interface IDiscreteNoise
{
    double StandardDeviation { get; }

    long HalfWidth(double confidence);

    void Fill(Span<long> destination, RandomBits bits);
}

/// <summary>A planned mechanism that adds discrete noise: one draw a value, which is wiped afterwards.</summary>
internal sealed class DiscreteMechanism(IDiscreteNoise noise, string description, double scale, PrivacyCost cost) : INoiseMechanism
{
    public string Description => description;

    public PrivacyCost Cost => cost;

    public double Scale => scale;

    public double StandardDeviation => noise.StandardDeviation;

    public long HalfWidth(double confidence) => noise.HalfWidth(confidence);

    public void AddNoise(Span<long> values, IRandomSource randomness)
    {
        using var bits = new RandomBits(randomness);
        var drawn = new long[values.Length];
        noise.Fill(drawn, bits);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = checked(values[i] + drawn[i]);
        }

        Array.Clear(drawn);
    }
}
